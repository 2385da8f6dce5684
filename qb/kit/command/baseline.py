"""`qb baseline`: says of a database that was there before its history which migrations it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.running import Confirm, Wait, history_of_config, patience_of, rules_of, saying
from qb.kit.command.frame.shell_command import shell_command

if TYPE_CHECKING:
    from qb.kit.running.marking import Marked


@shell_command("qb baseline", "qb baseline 0001_init --database production --confirm production")
def perform(
    invocation: Invocation,
    *,
    name: Annotated[
        str | None, typer.Argument(help="The last one that it has; without it the database has all of them.")
    ] = None,
    wait: Wait = 60.0,
    confirm: Confirm = None,
) -> Reply[Marked]:
    """Say that a database has migrations already, without running any.

    It is for a database that was there before its history. Only the journal is written, and it is noted there.
    """
    from qb.kit.running.marking import baseline

    database = invocation.database()
    done = unwrap(
        baseline(
            invocation.connect(database, direct=True),
            history_of_config(database),
            name,
            journal=database.journal,
            patience=patience_of(wait),
            rules=rules_of(database, confirm=confirm),
            on_progress=saying(json=invocation.json),
        )
    )
    last = f"{done.applied[-1]} and all that it follows" if done.applied else "none"
    return Reply(done, show=f"the journal says that the database has {last}")
