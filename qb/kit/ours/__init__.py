"""What of a database is ours, and whose the rest is."""
