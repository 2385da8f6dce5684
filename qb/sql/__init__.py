"""What a query is: nodes, expressions, and one module for each clause."""
