"""Why migrations are not run, or were stopped: what it is about, and how to go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qb.errors import DbError, InvalidSql
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode
from qb.kit.hidden_rows import said_of_hidden_rows
from qb.kit.ours.keepers import KEPT_NAME


@dataclass(repr=False, eq=False)
class PoolerInBetween(KitError):
    """A pooler stands between, which may give each transaction another session."""

    code: ClassVar[str] = "pooler-in-between"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED
    fix: ClassVar[str] = 'direct_url = "env:DIRECT_URL"'

    def __str__(self) -> str:
        return (
            "a pooler stands between here and the server, and a lock that holds others off needs a session of its own: "
            "name the server itself with direct_url"
        )


@dataclass(repr=False, eq=False)
class RunnerBusy(KitError):
    """Somebody else runs migrations here, for as long as was waited."""

    waited: float
    holder: str | None
    """Who it is, as far as can be seen."""
    code: ClassVar[str] = "runner-busy"
    exit_code: ClassVar[ExitCode] = ExitCode.LOCK_NOT_HAD

    def __str__(self) -> str:
        by = "somebody" if self.holder is None else self.holder
        return f"{by} runs migrations in this database, and was not done after {self.waited:g} s: --wait waits longer"


@dataclass(repr=False, eq=False)
class LockNotHad(KitError):
    """A statement could not have its lock in time. What is committed before it stays, and is not run again."""

    file: str
    line: int
    migration: str
    waited: float
    blockers: tuple[str, ...]
    cause: DbError
    code: ClassVar[str] = "lock-not-had"
    exit_code: ClassVar[ExitCode] = ExitCode.LOCK_NOT_HAD

    @property
    def object(self) -> str:
        """Which migration."""
        return f"migration {self.migration}"

    def __str__(self) -> str:
        by = f", held by {' and '.join(self.blockers)}" if self.blockers else ""
        return (
            f"{self.file}:{self.line}: no lock for this statement within {self.waited:g} s{by}: run it again when they "
            "are done, or wait longer with --wait"
        )


@dataclass(repr=False, eq=False)
class StepFailed(KitError):
    """The server has refused a statement. All of its segment is undone, what was committed before is not run again."""

    file: str
    line: int
    column: int
    migration: str
    cause: DbError
    left: str = ""
    """What is there now, where that is more than before the migration."""
    code: ClassVar[str] = "step-failed"

    @property
    def object(self) -> str:
        """Which migration."""
        return f"migration {self.migration}"

    def __str__(self) -> str:
        state = f" ({self.cause.sqlstate})" if self.cause.sqlstate else ""
        said = str(self.cause)
        if isinstance(self.cause, InvalidSql):  # its place is that of the file
            said = self.cause.message + (f". Hint: {self.cause.hint}" if self.cause.hint else "")
        more = said_of_hidden_rows(self.cause) + _said_of_what_is_kept(said)
        return f"{self.file}:{self.line}:{self.column}: {said}{state}{more}{self.left}"


def _said_of_what_is_kept(message: str) -> str:
    """What to do where what a migration has dropped and kept is in the way."""
    return (
        ". A migration has dropped that, and --keep keeps it: qb purge --older-than 0 removes it"
        if KEPT_NAME in message
        else ""
    )


@dataclass(repr=False, eq=False)
class HalfApplied(KitError):
    """A step that cannot be looked up was begun, and nobody knows whether it was done."""

    file: str
    line: int
    migration: str
    why: str
    goes_on: str | None = None
    """The command that goes on, where no step is in doubt."""
    code: ClassVar[str] = "half-applied"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    @property
    def object(self) -> str:
        """Which migration."""
        return f"migration {self.migration}"

    @property
    def fix(self) -> str:
        """The command that says so, or goes on."""
        return self.goes_on or f"qb resolve {self.migration} --pending"

    def __str__(self) -> str:
        if self.goes_on is not None:
            return f"{self.file}:{self.line}: {self.why}: `{self.goes_on}` goes on"
        return (
            f"{self.file}:{self.line}: {self.why}: look at the database, then say with `qb resolve {self.migration} "
            "--pending` that this step is to be run again, with --step-done that it is done, or with --applied that "
            "all of the migration is there"
        )


@dataclass(repr=False, eq=False)
class EditedMigration(KitError):
    """A file is not what was run here."""

    migration: str
    file: str
    half: bool = False
    """Whether it was only begun, and what was changed is among what is done."""
    code: ClassVar[str] = "edited-migration"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    @property
    def object(self) -> str:
        """Which migration."""
        return f"migration {self.migration}"

    def __str__(self) -> str:
        if self.half:
            return (
                f"{self.file}: {self.migration} was begun here, and its done steps are others by now: bring those back "
                "from version control as they were; what is behind them may be mended"
            )
        return (
            f"{self.file}: {self.migration} is not what was applied here: bring the file back from version control "
            f"and write a new migration, or say that it is meant with `qb resolve {self.migration} --applied`"
        )


@dataclass(repr=False, eq=False)
class UnknownApplied(KitError):
    """The database has migrations that no file is there for."""

    migrations: tuple[str, ...]
    folder: str
    undoable: bool
    """Whether the journal has the SQL that undoes them."""
    code: ClassVar[str] = "unknown-applied"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    def __str__(self) -> str:
        names = ", ".join(self.migrations)
        undo = f"`qb rollback --unknown` undoes {'it' if len(self.migrations) == 1 else 'them'}, or "
        return (
            f"the database has {names}, which {self.folder} has not: it is ahead of this code. "
            f"{undo if self.undoable else ''}bring the files back from version control"
        ).replace(". b", ". B")


@dataclass(repr=False, eq=False)
class LateMigration(KitError):
    """A migration comes before some that are applied, and nobody knows whether they go together."""

    migration: str
    file: str
    applied: tuple[str, ...]
    why: str = ""
    code: ClassVar[str] = "late-migration"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    @property
    def object(self) -> str:
        """Which migration."""
        return f"migration {self.migration}"

    def __str__(self) -> str:
        some = ", ".join(self.applied[:3]) + (", ..." if len(self.applied) > 3 else "")
        return (
            f"{self.file}: {self.migration} was made without {some}, which this database has already{self.why}: have "
            f"it follow them, or run it all the same with --late {self.migration}"
        )


@dataclass(repr=False, eq=False)
class NotOwned(KitError):
    """The config says that this database is somebody else's."""

    database: str
    code: ClassVar[str] = "not-owned"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    def __str__(self) -> str:
        return f"the database {self.database} is not ours to change: owned = true in the config says that it is"


@dataclass(repr=False, eq=False)
class ConfirmationNeeded(KitError):
    """A protected database, or a strict one, is changed by those alone who name it."""

    database: str
    said: str | None
    why: str = "protected"
    code: ClassVar[str] = "confirmation-needed"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    @property
    def fix(self) -> str:
        """The option."""
        return f"--confirm {self.database}"

    def __str__(self) -> str:
        other = "" if self.said is None else f", and {self.said} is another"
        return f"the database {self.database} is {self.why}{other}: --confirm {self.database} says that it is meant"


@dataclass(repr=False, eq=False)
class LossNotNamed(KitError):
    """Statements destroy or change rows, and nobody has said that this is meant."""

    places: tuple[tuple[str, str, int], ...]
    """What is lost as `--allow` takes it, its file and line."""
    held: bool = False
    """Whether it was named when the migration was made, and is asked again because there are rows."""
    code: ClassVar[str] = "loss-not-named"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    @property
    def file(self) -> str:
        """Of the first."""
        return self.places[0][1]

    @property
    def line(self) -> int:
        """Of the first."""
        return self.places[0][2]

    @property
    def fix(self) -> str:
        """The options."""
        return " ".join(f"--allow {each}" for each in dict.fromkeys(name for name, _, _ in self.places))

    def __str__(self) -> str:
        each = "; ".join(f"{file}:{line}: {name}{_why(name)}" for name, file, line in self.places)
        why = "there are rows in it, and the database is protected" if self.held else "rows are lost or changed"
        return f"{each}: {why}, which has to be meant: {self.fix}"


def _why(name: str) -> str:
    return " (what that does to rows nobody can tell)" if name.startswith("unknown:") else ""


@dataclass(repr=False, eq=False)
class UnprovedMigration(KitError):
    """A protected database takes what was proved alone."""

    migration: str
    file: str
    edited: bool
    down: bool = False
    """Whether it is to be undone."""
    kept: bool = False
    """Whether no file is there for it, and its down is what the journal has kept."""
    code: ClassVar[str] = "unproved-migration"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    @property
    def object(self) -> str:
        """Which migration."""
        return f"migration {self.migration}"

    def __str__(self) -> str:
        what = f"the down of {self.migration}" if self.down else self.migration
        if self.kept:
            why, mends = "is kept without its proof", "bring its files back from version control"
        else:
            why = "was edited since it was proved" if self.edited else "was never proved"
            mends = f"`qb prove {self.migration}` proves it"
        return (
            f"{self.file}: {what} {why}, and the database is protected: {mends}, "
            f"{'or ' if self.kept else ''}--unproved {self.migration} runs it all the same"
        )


@dataclass(repr=False, eq=False)
class NotAsRecorded(KitError):
    """The database is not what its migrations make."""

    migration: str | None
    """Which one was run last; None before any was run."""
    segment: int | None = None
    """Of one that is begun, the segment that was done last."""
    undone: bool = False
    """Whether it was undone, or was to be."""
    code: ClassVar[str] = "not-as-recorded"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED
    fix: ClassVar[str] = "qb drift"

    def __str__(self) -> str:
        if self.migration is None:
            done = "undone" if self.undone else "run"
            return f"the database is not what its migrations make, so nothing was {done}: `qb drift` says what differs"
        if self.segment is not None:
            return (
                f"segment {self.segment} of {self.migration} is done, and the database is not what it should be now: "
                "`qb drift` says what differs, and `qb migrate` goes on behind it"
            )
        if self.undone:
            return (
                f"{self.migration} is undone, and the database is not what it was before it: its down leaves something "
                "there, or takes too much; `qb drift` says what differs"
            )
        return (
            f"{self.migration} is applied, and the database is not what it should be now: `qb drift` says what differs"
        )


@dataclass(repr=False, eq=False)
class OtherMigrator(KitError):
    """Another program keeps a history of the same database."""

    migrator: str
    table: str
    code: ClassVar[str] = "other-migrator"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    @property
    def object(self) -> str:
        """What tells that it is there."""
        return f"table {self.table}"

    @property
    def fix(self) -> str:
        """The line of the config."""
        return f'coexist = ["{self.migrator}"]'

    def __str__(self) -> str:
        return (
            f"{self.migrator} keeps a history of this database, too ({self.table}), and two that change the same undo "
            f"each other: {self.fix} in the config says that they are to be there both"
        )


@dataclass(repr=False, eq=False)
class HalfSquashed(KitError):
    """A database has some of what was put into one migration, and not all."""

    migration: str
    file: str
    there: tuple[str, ...]
    missing: tuple[str, ...]
    code: ClassVar[str] = "half-squashed"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    @property
    def object(self) -> str:
        """Which migration."""
        return f"migration {self.migration}"

    def __str__(self) -> str:
        return (
            f"{self.file}: {self.migration} replaces {', '.join(self.missing)}, too, which this database has not, "
            f"while it has {self.there[-1]}: run those from the files as they were before, and then go on with these"
        )
