"""What is asked of the builder database, as values: no connection, no I/O.

Each function gives a query that `Db` and `AsyncDb` take alike: `await db.one(queries.users.by_id(user))`. They take
branded ids, and give rows whose documents are decoded; what a table needs besides is `crud(Table, Table.key)`.
"""

from tables.archetype.queries import billing, chains, emails, organizations, users, workspaces

__all__ = ["billing", "chains", "emails", "organizations", "users", "workspaces"]
