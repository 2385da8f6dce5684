"""Queries and schema objects to SQL text, through PyPika."""
