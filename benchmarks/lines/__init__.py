"""The same storage written with qb, with SQLAlchemy and with psycopg alone, and the lines that each takes.

`python -m benchmarks.lines` counts them. A test runs all three through one scenario and compares what they answer.
"""
