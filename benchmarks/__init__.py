"""Measures qb against psycopg by hand, asyncpg and SQLAlchemy: `python -m benchmarks`."""
