"""The operations on Promptliano's database: functions of a `Db`, which may be a transaction, that return an `Outcome`.

Most are one query of `queries` run in the one way that makes sense. Where an operation takes several statements, they
are one transaction, or a savepoint of the caller's.
"""

from tables.promptliano.repository import agents, chats, files, projects, prompts, queues, settings, tickets

__all__ = ["agents", "chats", "files", "projects", "prompts", "queues", "settings", "tickets"]
