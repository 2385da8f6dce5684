"""Connections, statements, transactions, pools: the only room that does I/O, through psycopg and anyio."""
