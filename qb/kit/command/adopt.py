"""`qb adopt`: takes over the history of another program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qb.errors.outcome import unwrap
from qb.kit.adopting.foreign import AdoptSource
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.running import Confirm, Wait, patience_of, rules_of, saying
from qb.kit.command.frame.shell_command import shell_command

if TYPE_CHECKING:
    from qb.kit.adopting.adopt import Adopted


@shell_command(
    "qb adopt alembic/versions --from alembic",
    "qb adopt prisma/migrations --from prisma --database production --confirm production",
    "qb adopt db/migrations --from dbmate",
)
def perform(
    invocation: Invocation,
    files: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where its migrations lie.")],
    *,
    source: Annotated[AdoptSource, typer.Option("--from", help="Whose history it is.")],
    wait: Wait = 60.0,
    confirm: Confirm = None,
) -> Reply[Adopted]:
    """Take over the history of another program: its migrations become ours, and its journal is read.

    Migrations that are SQL become ours one by one; of those that are programs one is written which makes what is there.
    Nothing is run, and its own files and tables stay as they are. From then on its journal does not stop qb migrate.
    """
    from qb.kit.adopting.adopt import adopt
    from qb.kit.ours.value import Ours, ours_of

    database = invocation.database()
    ours = Ours((database.ours,))
    if database.schema:
        ours = ours_of(invocation.schema(database), within=database.ours)
    done = unwrap(
        adopt(
            invocation.connect(database, direct=True),
            source,
            files,
            database.migrations,
            layout=database.layout,
            journal=database.journal,
            ours=ours,
            patience=patience_of(wait),
            rules=rules_of(database, confirm=confirm),
            on_progress=saying(json=invocation.json),
        )
    )
    return Reply(done, show=lambda: _shown(done))


def _shown(done: Adopted) -> str:
    lines = [*done.files]
    lines.append(
        f"{done.read} migrations of {done.source} are {len(done.migrations)} of ours, of which the database has "
        f"{len(done.applied)}"
    )
    if len(done.applied) < len(done.migrations):
        lines.append("the others are to be run: qb migrate")
    return "\n".join(lines)
