"""What a query is, as data: expressions, relations, statements, the shapes of rows, and the laws that they obey."""
