"""What is legal in a database and likely a mistake: lints over a catalog."""
