"""A database copied to another place: its schema, and its rows as they are at one moment."""
