"""What a large database takes: read, compared with its schema, dumped, reflected."""
