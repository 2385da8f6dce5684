"""What is told: the server's errors as values, statements as log records, nothing that is secret."""
