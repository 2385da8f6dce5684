"""What commands share that run migrations: the history, who may do what, what is said meanwhile, an interrupt."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from qb.errors.outcome import Success, unwrap
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

    from qb.errors.outcome import Outcome
    from qb.kit.command.frame.invocation import Invocation
    from qb.kit.config_choice import ChosenDatabase
    from qb.kit.history.history import History
    from qb.kit.history.migration import OursRecord
    from qb.kit.running.backups import Backups
    from qb.kit.running.comparing_catalogs import LookAtCatalog
    from qb.kit.running.lock_patience import Patience
    from qb.kit.running.rules import MigrationRules
    from qb.kit.running.run_progress import OnProgress, RunProgress
    from qb.run.database.database import Database
    from qb.run.database.db import Db

Wait: TypeAlias = Annotated[
    float, typer.Option(min=0, help="Seconds to wait for another runner, and for the locks of a statement.")
]
ServerWait: TypeAlias = Annotated[
    float | None,
    typer.Option(
        min=0,
        help="Seconds to wait for another runner and for locks (60); where it is said, for the server, too.",
    ),
]
LockTimeout: TypeAlias = Annotated[
    float, typer.Option(min=0.001, help="Seconds to wait for a lock at a time: others stand in line meanwhile.")
]
Allow: TypeAlias = Annotated[
    list[str] | None, typer.Option(metavar="WHAT", help="What may be lost, as drop-column:quotes.total; once for each.")
]
Hint: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(metavar="HINT", help="What is renamed, or what rows get: rename:users.name=users.full_name."),
]
Confirm: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="The name of the database: a protected one asks for it."),
]
DryRun: TypeAlias = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]


def history_of_config(database: ChosenDatabase) -> History:
    """The migrations in the folder that the config names. Errors are raised."""
    from qb.kit.history.reading import read_history

    return unwrap(read_history(database.migrations, database.layout))


def patience_of(wait: float | None, lock_timeout: float = 2.0) -> Patience:
    """How long locks are waited for."""
    from qb.kit.running.lock_patience import Patience

    return Patience(Patience().wait if wait is None else wait, lock_timeout)


def rules_of(
    database: ChosenDatabase,
    *,
    confirm: str | None = None,
    allow: list[str] | None = None,
    unproved: list[str] | None = None,
    late: list[str] | None = None,
) -> MigrationRules:
    """What the config and the options say may be done."""
    from qb.kit.running.rules import MigrationRules

    return MigrationRules(
        database=database.name,
        owned=database.owned,
        protected=database.protected,
        strict=database.strict,
        coexist=database.coexist,
        confirm=confirm,
        allow=tuple(allow or ()),
        unproved=tuple(unproved or ()),
        late=tuple(late or ()),
    )


@contextmanager
def address_of(database: ChosenDatabase) -> Generator[str]:
    """Its address without a pooler in between; the embedded server runs to the end of the block."""
    from qb.kit.config_choice import at_home

    if database.direct_url is not None:
        yield database.direct_url
        return
    with at_home(database) as server:
        yield server.url


def backups_of(folder: Path | None, database: ChosenDatabase, keep: int) -> Backups | None:
    """Where backups go, where somebody wants some. The embedded server is running by then."""
    if folder is None:
        return None
    from qb.kit.running.backups import Backups

    with address_of(database) as address:
        return Backups(folder=folder, address=address, name=database.name, keep=keep)


def looking(invocation: Invocation, database: ChosenDatabase) -> LookAtCatalog:
    """The fingerprint of what is ours of a database: as the config and its schema say."""

    def look(db: Db, record: OursRecord | None) -> Outcome[str]:
        from qb.kit.ours.value import Ours, ours_of
        from qb.kit.planning.fingerprint import fingerprint
        from qb.kit.reader import introspect

        ours = Ours((database.ours,))
        if database.schema:
            ours = ours_of(invocation.schema(database), within=database.ours)
        return introspect(db).map(lambda found: fingerprint(found, ours.as_of(record), journal=database.journal))

    return look


def saying(*, json: bool) -> OnProgress:
    """Says on stderr what happens; nothing where programs read."""
    from qb.kit.command.frame.screen import printed

    def say(progress: RunProgress) -> None:
        if not json:
            printed(str(progress), sys.stderr)

    return say


class InterruptedRun(KitError):
    """Somebody has stopped a run."""

    code = "interrupted"
    exit_code = ExitCode.INTERRUPTED

    def __init__(self, state: str) -> None:
        super().__init__()
        self.state = state

    def __str__(self) -> str:
        return f"interrupted: {self.state}"


@contextmanager
def telling_interrupts(db: Database, history: History, journal: str, again: str) -> Generator[None]:
    """Where Ctrl-C leaves the block, say how far the database is, and which command goes on."""
    try:
        yield
    except KeyboardInterrupt:
        raise InterruptedRun(_left(db, history, journal, again)) from None


def _left(db: Database, history: History, journal: str, again: str) -> str:
    from qb.kit.running.status import status

    match status(db, history, journal=journal):
        case Success(found):
            applied = sum(each.finished is not None for each in found.migrations)
            half = [each for each in found.migrations if each.state in ("half applied", "half undone")]
            begun = "".join(f", {each.id} is {each.state} (segment {each.done} is done)" for each in half)
            return f"{applied} migrations are applied{begun}; `{again}` goes on"
        case _:
            return f"how far it is could not be read; `{again}` goes on"
