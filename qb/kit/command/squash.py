"""`qb squash`: puts some migrations into one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.reworking import replays_of
from qb.kit.command.frame.running import DryRun
from qb.kit.command.frame.shell_command import shell_command

if TYPE_CHECKING:
    from qb.kit.reworking.squashing import Squashed


@shell_command("qb squash 0001..0040", "qb squash init..add_slug --name base", "qb squash 0001..0040 --dry-run")
def perform(
    invocation: Invocation,
    span: Annotated[str, typer.Argument(metavar="A..B", help="The first and the last one.")],
    *,
    name: Annotated[str, typer.Option(help="What the one is called.")] = "squashed",
    dry_run: DryRun = False,
) -> Reply[Squashed]:
    """Put the migrations from one to another into one, in their place.

    Where all of it leaves rows as they are it is planned anew, else it is their texts. Both are replayed on a shadow,
    and have to make what they made. A database that has all of those has the one; the old files go, so commit first.
    """
    from qb.kit.reworking.errors import NotSquashed
    from qb.kit.reworking.squashing import squash

    database = invocation.database()
    first, dots, last = span.partition("..")
    if not (first and dots and last):
        raise NotSquashed(f"{span} names no two migrations: say them as 0001..0040")
    with invocation.progress("Replaying the history"):
        done = unwrap(
            squash(
                database.migrations,
                first,
                last,
                name=name,
                layout=database.layout,
                replays=replays_of(invocation, database),
                dry_run=dry_run,
            )
        )
    return Reply(done, show=lambda: _shown(done, dry_run=dry_run))


def _shown(done: Squashed, *, dry_run: bool) -> str:
    lines = [f"-- {done.id}, up", done.up.rstrip(), "-- down", (done.down or "-- none").rstrip()]
    lines = lines if dry_run else [*done.files]
    lines.append(
        f"{done.id} replaces {len(done.replaces)} migrations, and makes the same: replayed both ways"
        + (f"; with rows it is not proved: {done.unproved}" if done.unproved else f", and proved with {done.rows} rows")
    )
    if done.down is None:
        lines.append("there is no down: not all of them have one that undoes them")
    return "\n".join(lines)
