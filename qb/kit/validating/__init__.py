"""Whether the rows of a database are what its descriptors say: read, and asked."""
