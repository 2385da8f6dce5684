"""Scripts: several statements in one message, which PostgreSQL runs as one transaction, or within the one that is open.

https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qb.ddl.plan import Plan
from qb.errors import QueryError
from qb.errors.family import Meeting
from qb.errors.outcome import Outcome, Success
from qb.query.script import Script
from qb.query.statement import Command
from qb.render.compiled import Compiled
from qb.run.session.answers import command
from qb.run.session.executable import Executable
from qb.run.session.link import Link
from qb.run.session.options import Options
from qb.run.session.ready import fits, settle
from qb.run.session.wait import Conversation


def scripted(script: object) -> Executable[Any]:
    """A script as what is sent. QueryError for anything else."""
    if not isinstance(script, Script):
        advice = ": db.execute(...) runs it" if isinstance(script, Command) else ""
        raise QueryError(f"db.run takes a script, such as create_all(...), and this is {type(script).__name__}{advice}")
    newest = script.newest if isinstance(script, Plan) else None
    return Executable(Compiled(";\n".join(script.statements).encode(), (), None, (), newest=newest))


def counted(script: Script, done: object) -> Outcome[int]:
    """How many statements a script has, once they are done."""
    return Success(len(script.statements))


def run_script(link: Link, options: Options, statement: Executable[Any], values: Sequence[object]) -> Conversation[int]:
    """Run a script. DbError where one of its statements fails: then none has happened."""
    with Meeting(statement.sql):
        fits(link, statement)
    if link.local is not options.settings:
        yield from settle(link, options.settings)
    link.soil()
    with Meeting(statement.sql):
        yield from command(link, statement.sent, once=True)
    if any(reader.name for reader in link.prepared.values()):
        # What was prepared may have been about tables and types that are now others: within a transaction the server
        # would refuse it only when it is used, and doom the transaction.
        link.prepared.clear()  # first: an interruption may come in between
        yield from command(link, b"DEALLOCATE ALL")
    return 0
