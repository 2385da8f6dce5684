"""What is done to a database, as data: operations that know what they need, and how they are undone."""
