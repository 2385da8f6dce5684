"""A shop of one table, which is released with its migrations."""
