"""What commands share that run migrations up: the options, and the arguments that they come to, the same for all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, TypedDict

import typer
from msgspec.structs import replace

from qb.errors.outcome import unwrap
from qb.kit.command.frame.reworking import commuting_of
from qb.kit.command.frame.running import looking, saying
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qb.kit.command.frame.invocation import Invocation
    from qb.kit.config_choice import ChosenDatabase
    from qb.kit.history.history import History
    from qb.kit.running.comparing_catalogs import LookAtCatalog
    from qb.kit.running.lock_patience import Patience
    from qb.kit.running.migrating import Commutes, Migrated
    from qb.kit.running.repeatable import RepeatableSql
    from qb.kit.running.row_guards import RowGuards
    from qb.kit.running.rules import MigrationRules
    from qb.kit.running.run_progress import OnProgress

Unproved: TypeAlias = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="A migration that a protected database takes unproved.")
]
Late: TypeAlias = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="A migration to run though it comes before applied ones.")
]
Contract: TypeAlias = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="A contract to run: no code runs that uses what it takes away.")
]
Backup: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Make a backup before each migration; stop where it fails.")
]
KeepBackups: TypeAlias = Annotated[int, typer.Option(min=1, help="How many backups of a database stay.")]
Keep: TypeAlias = Annotated[
    bool, typer.Option("--keep", help="Put aside what is dropped: qb rollback brings it back, qb purge removes it.")
]
GuardsSaid: TypeAlias = Annotated[
    Literal["touched", "all", "none"],
    typer.Option(
        "--guards",
        help="Whose rows are read before and behind it, and have to be what the schema says: of the tables that the "
        "migrations write, of all, of none.",
    ),
]
ShowKeys: TypeAlias = Annotated[
    bool, typer.Option("--show-keys", help="Show the primary keys of rows that a guard refuses.")
]


class MigrateArguments(TypedDict):
    """All that `migrate` and `migrate_each` are told alike."""

    journal: str
    to: str | None
    dry_run: bool
    patience: Patience
    rules: MigrationRules
    keep: bool
    before: tuple[RepeatableSql, ...]
    after: tuple[RepeatableSql, ...]
    look: LookAtCatalog | None
    commutes: Commutes | None
    guards: RowGuards | None
    on_progress: OnProgress


def migrate_arguments(
    invocation: Invocation,
    database: ChosenDatabase,
    history: History,
    *,
    rules: MigrationRules,
    patience: Patience,
    to: str | None = None,
    dry_run: bool = False,
    keep: bool = False,
    contract: list[str] | None = None,
    guards: Literal["touched", "all", "none"] = "touched",
    show_keys: bool = False,
) -> MigrateArguments:
    """As the config and the options say. Contracts may be named in part."""
    before, after = repeatable_of(database)
    contracts = tuple(unwrap(history.find(each)).id for each in contract or ())
    return {
        "journal": database.journal,
        "to": to,
        "dry_run": dry_run,
        "patience": patience,
        "rules": replace(rules, contracts=contracts),
        "keep": keep,
        "before": before,
        "after": after,
        "look": looking(invocation, database),
        "commutes": commuting_of(invocation, database, history),
        "guards": row_guards_of(invocation, database, guards, show_keys=show_keys),
        "on_progress": saying(json=invocation.json),
    }


def row_guards_of(
    invocation: Invocation, database: ChosenDatabase, said: Literal["touched", "all", "none"], *, show_keys: bool
) -> RowGuards | None:
    """What rows are held to: the schema of the config, which is loaded once something is to be run."""
    from qb.kit.running.row_guards import RowGuards

    if said == "none" or not database.schema:
        return None
    return RowGuards(schema=lambda: invocation.schema(database), every=said == "all", show_keys=show_keys)


def asked_shown(done: Migrated) -> list[str]:
    """What was asked of rows, as lines."""
    if not done.asked:
        return []
    count = len(done.asked)
    held = "nothing that they were not before" if done.failing else "what the schema says"
    lines = [f"the rows of {count} table{'' if count == 1 else 's'} are {held}"]
    return [*lines, *(f"  {each.kind} {each}" for each in done.failing)]


def repeatable_of(database: ChosenDatabase) -> tuple[tuple[RepeatableSql, ...], tuple[RepeatableSql, ...]]:
    """The SQL that is run before the migrations whenever it has changed, and behind them."""
    from qb.kit.running.repeatable import read_repeatable

    before, after = (
        unwrap(read_repeatable(each, database.config.folder))
        for each in (database.custom_before, database.custom_after)
    )
    return before, after


def waiting_shown(done: Migrated) -> list[str]:
    """What waits for a word, and which."""
    if not done.waiting:
        return []
    first, *more = done.waiting
    behind = f"; {', '.join(more)} behind it" if more else ""
    return [f"waits: {first} takes away what old code uses: when none runs, --contract {first}{behind}"]


class NotTogether(KitError):
    """Options that mean nothing beside another one."""

    code = "not-together"
    exit_code = ExitCode.ANSWERS_NEEDED

    def __init__(self, option: str, others: tuple[str, ...]) -> None:
        super().__init__()
        self.option = option
        self.others = others

    def __str__(self) -> str:
        some = " and ".join(self.others)
        return f"{self.option} takes a server that is thrown away, and no {some}: leave either out"


def refuse_beside(option: str, said: Mapping[str, object]) -> None:
    """Raise `NotTogether` where some of these were said, too."""
    if others := tuple(name for name, value in said.items() if value):
        raise NotTogether(option, others)
