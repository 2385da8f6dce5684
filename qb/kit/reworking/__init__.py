"""Histories that are worked on: heads joined, migrations undone, put into one, or called otherwise."""
