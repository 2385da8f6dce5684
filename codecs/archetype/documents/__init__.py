"""The JSON documents, as Structs: a module for each part of the product.

Documents of our own are validated wherever they are read and written: the type of a column is that of its document.
Where their shape has changed, the one of before stands beside today's, with the function that makes the one of the
other. Documents of others (Clerk's, a chain's) are kept as they came, and have Structs here to be decoded as.
None of them can hold a cycle, so the garbage collector need not track them (`gc=False`).
"""
