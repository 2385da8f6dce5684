"""A key of documents becomes a typed column: what is written, and which rows hold something else there."""
