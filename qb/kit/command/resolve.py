"""`qb resolve`: says of one migration whether it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.running import Confirm, Wait, history_of_config, patience_of, rules_of, saying
from qb.kit.command.frame.shell_command import shell_command
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode

if TYPE_CHECKING:
    from qb.kit.running.marking import Marked


class WhichWay(KitError):
    """None was said, or several."""

    code = "which-way"
    exit_code = ExitCode.ANSWERS_NEEDED

    def __str__(self) -> str:
        return (
            "say --pending where the step it stopped in is to be run again, --step-done where that is done, --applied "
            "where all of it is there, or --forget where all of it is to be run again"
        )


@shell_command(
    "qb resolve 0002_add_slug --pending",
    "qb resolve 0002_add_slug --step-done",
    "qb resolve 0002_add_slug --applied",
    "qb resolve 0002_add_slug --forget",
)
def perform(
    invocation: Invocation,
    *,
    name: Annotated[str, typer.Argument(help="The migration.")],
    applied: Annotated[bool, typer.Option("--applied", help="All of it is there, as its file says now.")] = False,
    pending: Annotated[bool, typer.Option("--pending", help="The step it stopped in is to be run again.")] = False,
    step_done: Annotated[
        bool, typer.Option("--step-done", help="The step it stopped in is done: go on behind it.")
    ] = False,
    forget: Annotated[
        bool, typer.Option("--forget", help="Nothing of it is there: all of it is to be run again.")
    ] = False,
    wait: Wait = 60.0,
    confirm: Confirm = None,
) -> Reply[Marked]:
    """Say of one migration whether the database has it, where nobody else can know.

    Nothing is run, and nothing is looked at. Only the journal is written, and what was said is noted there.
    """
    from qb.kit.running.marking import resolve_migration

    if applied + pending + step_done + forget != 1:
        raise WhichWay
    database = invocation.database()
    done = unwrap(
        resolve_migration(
            invocation.connect(database, direct=True),
            history_of_config(database),
            name,
            applied=applied,
            step_done=step_done,
            forget=forget,
            journal=database.journal,
            patience=patience_of(wait),
            rules=rules_of(database, confirm=confirm),
            on_progress=saying(json=invocation.json),
        )
    )
    (which,) = done.applied + done.pending + done.undone
    said = "is there" if done.applied else "is there no more" if done.undone else "is to be run"
    if pending or (step_done and done.pending):
        place = "at the step" if pending else "behind the step that"
        said = f"is to be gone on with, {place} it stopped in"
    return Reply(done, show=f"the journal says that {which} {said}")
