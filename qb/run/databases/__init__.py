"""Many databases: one for each key, opened where they are needed."""
