"""What is asked of Chronos' database, as values: no connection, no I/O.

Each function gives a query that `Db` and `AsyncDb` take alike. Those that are prepared compile once, and are prepared
once on each connection.
"""

from tables.chronos.queries import analytics, companies, deals, posts

__all__ = ["analytics", "companies", "deals", "posts"]
