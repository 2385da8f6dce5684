"""Promptliano's database: projects with their tickets, chats, files, prompts, and queues for agents.

`schema` holds all of it; the modules are its tables, `queries` what is asked of them, `repository` the operations.
"""

from qb import schema as _schema
from tables.promptliano import chats, files, projects, prompts, queues, settings, tickets

schema = _schema(projects, prompts, tickets, chats, files, queues, settings)
