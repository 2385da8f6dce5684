"""What share of a database descriptors can hold: `python -m qb.kit.coverage URL`."""
