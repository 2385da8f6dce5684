"""What an editor and the checkers do with a large project of qb's: `python -m benchmarks.editor`."""
