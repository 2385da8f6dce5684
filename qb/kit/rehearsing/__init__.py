"""Migrations tried out before a database has them: on a server that is thrown away."""
