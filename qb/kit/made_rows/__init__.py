"""Rows for tables, as their descriptors say: what each column holds, and what keys and checks ask."""
