"""What a database is: tables, columns, constraints, indexes, and the rows that go into them."""
