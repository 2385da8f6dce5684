"""What is asked of the database, as values: no connection, no I/O.

Each function gives a query that `Db` and `AsyncDb` take alike, so coroutines need no second repository:
`await db.one(queries.tickets.by_id(ticket))`. Those that are prepared compile once and then cost microseconds; those
that insert or patch rows depend on which fields are given, and are compiled once for each set of them. What takes any
number of rows is a statement for `insert_many`: `await db.insert_many(files, queries.files.synced())`.
"""

from tables.promptliano.queries import agents, chats, files, projects, prompts, queues, settings, tickets

__all__ = ["agents", "chats", "files", "projects", "prompts", "queues", "settings", "tickets"]
