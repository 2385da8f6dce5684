"""What a database is, as settled plain data: objects that have a kind, an identity and needs."""
