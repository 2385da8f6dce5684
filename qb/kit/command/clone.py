"""`qb clone`: the database, copied into an empty one."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.running import Confirm
from qb.kit.command.frame.shell_command import shell_command
from qb.kit.errors import Refused

if TYPE_CHECKING:
    from qb.kit.cloning.clone import Cloned


@shell_command(
    "qb clone --to postgresql://localhost/try",
    "qb clone --database production --to postgresql://localhost/try --schema-only",
)
def perform(
    invocation: Invocation,
    *,
    to: Annotated[str, typer.Option(metavar="URL", help="The address of an empty database, which becomes the copy.")],
    schema_only: Annotated[bool, typer.Option("--schema-only", help="Without the rows.")] = False,
    confirm: Confirm = None,
) -> Reply[Cloned]:
    """Copy the database into an empty one: its schema, and its rows as they are at one moment.

    The database itself is only read. What is there has to be empty; all of it arrives, or nothing. A copy on another
    machine than this one has to be confirmed with the name of the database that is copied: rows leave it. Exits with
    4 where that is not said.
    """
    from qb.kit.cloning.clone import clone
    from qb.kit.config_choice import at_home
    from qb.run.server.url import conninfo, redact, stays_here

    database = invocation.database()
    if not stays_here(conninfo(to)) and confirm != database.name:
        why = f"{redact(to)} is not on this machine, and the rows go there"
        raise Refused(None, None, "--to", f"{why}: --confirm {database.name} says that it is meant")
    invocation.check_target(to)
    url = database.direct_url or database.url
    with nullcontext() if url is not None else at_home(database) as server:
        source = url if url is not None else getattr(server, "url", "")
        with invocation.progress("Copying"):
            done = unwrap(clone(source, to, schema_only=schema_only))
    return Reply(done, show=lambda: _shown(done))


def _shown(done: Cloned) -> str:
    rows = sum(count for _, count in done.tables)
    tables = f"{len(done.tables)} table{'' if len(done.tables) == 1 else 's'}"
    lines = [f"{done.address}: {tables}, {rows:,} row{'' if rows == 1 else 's'}"]
    if done.without_roles:
        lines.append("without owners and rights: that server has not all of the roles")
    return "\n".join(lines)
