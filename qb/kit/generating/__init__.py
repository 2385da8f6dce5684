"""Migrations from what has changed in the schema: planned, proved, and written."""
