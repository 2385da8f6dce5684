"""What the kit cannot do, as values: each names what is in the way, and says how to go on."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar

from qb.kit.exit_code import ExitCode
from qb.types.identifier import quoted


@dataclass(repr=False, eq=False)
class KitError(Exception):
    """Why something was not done, and what to do. One of the classes of this module, and no other.

    Read-only, and equal by content. What a subclass calls `object`, `file`, `line` and `fix`, commands say apart in
    JSON, too.
    """

    code: ClassVar[str] = "error"
    """As commands say it in JSON."""
    exit_code: ClassVar[ExitCode] = ExitCode.ERROR
    """What a command exits with that met it."""

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("__") and name in vars(self):  # Python itself sets __traceback__ and the like
            raise AttributeError(f"{type(self).__name__} is read-only")
        super().__setattr__(name, value)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash((type(self), str(self)))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"


@dataclass(repr=False, eq=False)
class NoConfig(KitError):
    """No file says which databases there are."""

    folder: str
    """From where it was looked for, upwards."""
    code: ClassVar[str] = "no-config"
    fix: ClassVar[str] = "qb init"

    def __str__(self) -> str:
        return (
            f"no pyproject.toml with [tool.qb.databases.NAME] in {self.folder} or above it: "
            "`qb init` writes a first one, --config names another"
        )


@dataclass(repr=False, eq=False)
class InvalidConfig(KitError):
    """A file says of a database what cannot be."""

    file: str
    line: int | None
    object: str
    """Which key, as `tool.qb.databases.NAME.url`. Empty of the file as a whole."""
    message: str
    """What is wrong, and what would be right. No value that may be a secret is in it."""
    code: ClassVar[str] = "invalid-config"

    def __str__(self) -> str:
        return ": ".join(each for each in (_place(self.file, self.line), self.object, self.message) if each)


@dataclass(repr=False, eq=False)
class UnknownDatabase(KitError):
    """No database of the config is called so, or there are several and none is named."""

    name: str | None
    known: tuple[str, ...]
    file: str
    code: ClassVar[str] = "unknown-database"

    def __str__(self) -> str:
        names = ", ".join(self.known)
        if self.name is None:
            return f"{self.file} names {names}, and none is called default: say which one with --database NAME"
        near = get_close_matches(self.name, self.known, 1) or get_close_matches(self.name.lower(), self.known, 1)
        meant = f" (did you mean {near[0]}?)" if near else ""
        return f"{self.file} names no database {self.name}: there is {names}{meant}"


@dataclass(repr=False, eq=False)
class ConfiguredAlready(KitError):
    """The config names the database that was to be added."""

    name: str
    file: str
    line: int | None
    code: ClassVar[str] = "configured-already"

    def __str__(self) -> str:
        return (
            f"{_place(self.file, self.line)} names the database {self.name} already: change it there, or add another "
            "with --database NAME"
        )


@dataclass(repr=False, eq=False)
class UnsetVariable(KitError):
    """The config takes an address from a variable that is not set."""

    variable: str
    object: str
    file: str
    line: int | None
    env_files: tuple[str, ...]
    """What else was looked into."""
    code: ClassVar[str] = "unset-variable"

    @property
    def fix(self) -> str:
        """A line of the shell."""
        return f"export {self.variable}=postgresql://USER@HOST/DATABASE"

    def __str__(self) -> str:
        beside = "".join(f", nor in {each}" for each in self.env_files)
        name = self.object.removeprefix("tool.qb.databases.").rpartition(".")[0]
        env = ".env" if name in ("", "default") else f".env.{name}"
        return (
            f"{_place(self.file, self.line)}: {self.object} is env:{self.variable}, and {self.variable} is not set in "
            f"the environment{beside}: set it, or write it into {env} beside that file"
        )


@dataclass(repr=False, eq=False)
class Refused(KitError):
    """It may not be done on this server: the config says so."""

    file: str | None
    line: int | None
    object: str
    """What says it, or would have to say otherwise: a key of the config, or an option."""
    message: str
    code: ClassVar[str] = "refused"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    def __str__(self) -> str:
        where = "" if self.file is None else f"{_place(self.file, self.line)}: "
        return f"{where}{self.object}: {self.message}"


@dataclass(repr=False, eq=False)
class MissingRight(KitError):
    """A role may not do what is needed."""

    role: str
    server: str
    what: str
    fix: str
    """The statement that would do, for who may run it."""
    code: ClassVar[str] = "missing-right"

    def __str__(self) -> str:
        return f'"{self.role}" may not {self.what} on {self.server}'


@dataclass(repr=False, eq=False)
class UnreadableSchema(KitError):
    """A module that is to hold a schema cannot be imported, or holds none."""

    module: str
    file: str | None
    line: int | None
    message: str
    absent: bool = False
    """Whether there is no such module at all."""
    code: ClassVar[str] = "unreadable-schema"

    def __str__(self) -> str:
        where = "" if self.file is None else f"{_place(self.file, self.line)}: "
        return f"{where}{self.message}" + (f" (reading the schema {self.module})" if self.module else "")


def _place(file: str, line: int | None) -> str:
    return file if line is None else f"{file}:{line}"


@dataclass(repr=False, eq=False)
class MissingExtensions(KitError):
    """A shadow server lacks extensions that a schema needs."""

    names: tuple[str, ...]
    server: str
    """Which one, as people call it."""
    code: ClassVar[str] = "missing-extensions"

    def __str__(self) -> str:
        some = "the extension " if len(self.names) == 1 else "the extensions "
        return (
            f"{self.server} lacks {some}{', '.join(self.names)}, which the schema needs: name a server that has "
            "them with shadow=..., install them there, or leave out of the schema what needs them"
        )


@dataclass(repr=False, eq=False)
class NoShadow(KitError):
    """There is no server on which a schema could be looked at."""

    why: str
    installed: bool = False
    """Whether the embedded one is there, and does not start."""
    code: ClassVar[str] = "no-shadow"

    def __str__(self) -> str:
        other = "name a server on which a scratch database may be made with shadow=..."
        if self.installed:
            return f"{self.why}\nOr {other}"
        return f'{self.why}: install the embedded PostgreSQL, pip install "qb[embedded]", or {other}'


@dataclass(repr=False, eq=False)
class UnreadableSql(KitError):
    """A file of SQL that cannot be cut into statements, or that a shadow server refuses."""

    file: str
    line: int
    column: int
    message: str
    code: ClassVar[str] = "unreadable-sql"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


@dataclass(repr=False, eq=False)
class UnknownSource(KitError):
    """What is to be compared is no module, no address and no file."""

    said: str
    databases: tuple[str, ...] = ()
    """Those of the config, where there is one."""
    code: ClassVar[str] = "unknown-source"

    def __str__(self) -> str:
        near = get_close_matches(self.said, self.databases, 1)
        meant = f" (did you mean {near[0]}?)" if near else ""
        config = f", no database of the config, which has {', '.join(self.databases)}{meant}" if self.databases else ""
        return (
            f"{self.said} is no file, no module{config} and no address: name a schema as shop.tables or "
            "shop.tables:shop, a database as postgresql://..., or a file of SQL such as schema.sql"
        )


@dataclass(repr=False, eq=False)
class MissingRoles(KitError):
    """A server that is somebody's lacks roles that a schema names; the kit makes none there."""

    names: tuple[str, ...]
    server: str
    code: ClassVar[str] = "missing-roles"

    @property
    def fix(self) -> str:
        """What creates them."""
        return " ".join(f"CREATE ROLE {quoted(each)};" for each in self.names)

    def __str__(self) -> str:
        some = "the role " if len(self.names) == 1 else "the roles "
        return (
            f"{self.server} lacks {some}{', '.join(self.names)}, which the schema names, and a shadow on somebody's "
            "server creates none: create them there, or take the embedded PostgreSQL (without shadow=)"
        )


@dataclass(repr=False, eq=False)
class NoFormatter(KitError):
    """What was pulled could not be formatted: there is no ruff."""

    why: str = "ruff is not installed"
    code: ClassVar[str] = "no-formatter"
    fix: ClassVar[str] = 'pip install "qb[kit]"'

    def __str__(self) -> str:
        return f'the modules could not be formatted: {self.why}; the extra has ruff, pip install "qb[kit]"'


@dataclass(repr=False, eq=False)
class FormatterRefused(KitError):
    """ruff is there, and formats nothing with the settings that hold in the folder."""

    file: str
    said: str
    """What ruff said."""
    code: ClassVar[str] = "formatter-refused"

    def __str__(self) -> str:
        return f"ruff did not format {self.file}: {self.said}; mend the settings of ruff that hold in that folder"


@dataclass(repr=False, eq=False)
class UnparsablePull(KitError):
    """What was pulled is no Python: a mistake of qb's, whatever the database holds."""

    file: str
    line: int
    said: str
    """What Python says of it."""
    code: ClassVar[str] = "unparsable-pull"

    def __str__(self) -> str:
        return (
            f"{self.file} as it was pulled is no Python, line {self.line}: {self.said}; that is a mistake of qb's and "
            "not of the database, please tell us of it; nothing was written"
        )


@dataclass(repr=False, eq=False)
class NoPackageName(KitError):
    """A folder whose modules nobody could import."""

    name: str
    folder: str
    code: ClassVar[str] = "no-package-name"

    def __str__(self) -> str:
        return (
            f"{self.name} is no name that Python imports: take another folder than {self.folder}, or say what it is "
            "imported as with --package"
        )


@dataclass(repr=False, eq=False)
class UnwritableModule(KitError):
    """A module cannot be written where it is to stand."""

    file: str
    why: str
    written: tuple[str, ...] = ()
    """Those that were written before it."""
    code: ClassVar[str] = "unwritable-module"

    def __str__(self) -> str:
        before = f" ({', '.join(self.written)} were written before it)" if self.written else ""
        return f"{self.file} cannot be written: {self.why}{before}"


@dataclass(repr=False, eq=False)
class UnreadableModule(KitError):
    """A module that is there cannot be read, so nothing is said of what would change."""

    file: str
    why: str
    code: ClassVar[str] = "unreadable-module"

    def __str__(self) -> str:
        return f"{self.file} cannot be read: {self.why}"
