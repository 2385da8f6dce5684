"""Histories of other programs, taken over: their files and their journals are read, and theirs stay as they are."""
