"""How one says a query in Python: typed expressions and a module for each clause and statement."""
