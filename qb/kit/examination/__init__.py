"""Whether a database can be worked with: what is in the way, and what mends it."""
