"""`qb prove`: whether migrations that somebody wrote, or edited, do what they are to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.shell_command import shell_command

if TYPE_CHECKING:
    from qb.kit.generating.prove_written import ProvedFile


@shell_command("qb prove", "qb prove 0002_count_visits")
def perform(
    invocation: Invocation,
    *,
    name: Annotated[
        str | None, typer.Argument(help="A migration; without one all that are not proved as they are.")
    ] = None,
) -> Reply[list[ProvedFile]]:
    """Prove migrations that somebody wrote, or edited: up and down, with rows, on a server that is thrown away.

    Each runs as qb migrate runs it, on a database of what it follows. Rows of tables that it does not write to have to
    be the same afterwards, and the way back gives what was there. Then migration.json says that it is proved, and has
    what each statement locks, writes and reads. No database of yours is asked.
    """
    from qb.errors.outcome import unwrap
    from qb.kit.generating.prove_written import prove_written

    database = invocation.database()
    at = invocation.shadow_of(database)
    wanted = invocation.schema(database) if database.schema else None
    with invocation.progress("Proving with rows"):
        found = prove_written(
            wanted,
            database.migrations,
            name,
            layout=database.layout,
            within=database.ours,
            journal=database.journal,
            major=at.major,
            shadow=at.shadow,
            cache=at.cache,
        )
    proved = list(unwrap(found))
    return Reply(proved, show=lambda: "\n".join(map(_shown, proved)) or "all migrations are proved as they are")


def _shown(proved: ProvedFile) -> str:
    ways = "up and down" if proved.down else "up; there is no way back"
    lines = [f"{proved.id}: proved {ways}, with {proved.rows} rows"]
    if proved.data_steps:
        lines.append("  its steps.py was not run")
    if proved.unfilled:
        lines.append(f"  no row could be made for {', '.join(proved.unfilled)}")
    if proved.unfit:
        lines.append(f"  no row that was made fits the change in {', '.join(proved.unfit)}")
    return "\n".join(lines)
