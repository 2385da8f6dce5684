"""How one says a database in Python: tables, columns, constraints, indexes, and the rows that go into them."""
