"""`qb promote`: a key of documents becomes a typed column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.shell_command import shell_command

if TYPE_CHECKING:
    from qb.kit.promoting.promote import Promoted


@shell_command(
    "qb promote quotes.meta customer.id quotes.customer_id --type bigint",
    "qb promote quotes.meta 'terms.\"due at\"' quotes.due_at --type timestamptz --check",
    "qb promote quotes.meta status quotes.status --type app.status --leave-rejects --show-keys",
)
def perform(
    invocation: Invocation,
    *,
    document: Annotated[str, typer.Argument(help="The column of documents, as quotes.meta.")],
    path: Annotated[str, typer.Argument(help='Where in it: customer.id, lines[0].price, "a.b".')],
    column: Annotated[str, typer.Argument(help="The new column, of the same table: quotes.customer_id.")],
    type_: Annotated[str, typer.Option("--type", metavar="TYPE", help="Its type: bigint, numeric(10,2), timestamptz.")],
    check: Annotated[
        bool, typer.Option("--check", help="Write a second migration, by which the two have to agree from then on.")
    ] = False,
    leave_rejects: Annotated[
        bool, typer.Option("--leave-rejects", help="Leave the column NULL in rows that hold something else there.")
    ] = False,
    show_keys: Annotated[
        bool, typer.Option("--show-keys", help="Show the primary keys of those rows, the first 20 of each kind.")
    ] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Look at no database: qb migrate stops at rows that hold something else.")
    ] = False,
) -> Reply[Promoted]:
    """Write the migration that makes a column of what stands at a path in documents, and fills it in batches.

    The database is read for rows that hold something else there, and no value is shown; where there are some, nothing
    is written and it exits with 2. The migration is proved, and qb migrate runs it. The documents stay as they are,
    and the line for the class of the table is said.
    """
    from qb.kit.promoting.promote import promote

    database = invocation.database()
    at = invocation.shadow_of(database)
    wanted = invocation.schema(database)
    db = None if offline else invocation.connect(database)
    with invocation.progress("Reading documents, and proving the migration"):
        done = unwrap(
            promote(
                wanted,
                database.migrations,
                document,
                path,
                column,
                type_,
                db=db,
                check=check,
                leave_rejects=leave_rejects,
                show_keys=show_keys,
                layout=database.layout,
                prefix=database.prefix,
                within=database.ours,
                journal=database.journal,
                major=at.major,
                shadow=at.shadow,
                cache=at.cache,
            )
        )
    return Reply(done, show=lambda: _shown(done))


def _shown(done: Promoted) -> str:
    lines = [*done.files, f"in the class of {done.table}: {done.descriptor}"]
    lines += [f"stays NULL: {each}" for each in done.rejects]
    return "\n".join(lines)
