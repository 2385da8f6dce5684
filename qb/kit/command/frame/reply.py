"""What a command gives: data for programs, something to look at for people, and a number."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar

import msgspec

from qb.errors import DbError, QbError, Timeout
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode
from qb.kit.sql_file import SqlFileError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from qb.kit.running.run_refusal import RunRefusal

    Shown: TypeAlias = RenderableType | Callable[[], RenderableType]
else:
    Shown = object

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class ReplyProblem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that is wrong, and what mends it."""

    code: str
    """The kind of it, which stays the same when its words are changed."""
    message: str
    object: str | None = None
    """Which object, as `table public.users` or a key of the config."""
    file: str | None = None
    line: int | None = None
    fix: str | None = None
    """A command or a line of SQL that mends it."""


class Reply(Generic[T_co]):
    """What a command gives. `data` is what `--json` has, `show` what people see.

    `problems` are what is wrong: `--json` has them apart, people see them on stderr, below what is shown; unless
    `shows_problems` says that they are in it.
    """

    __slots__ = ("data", "exit_code", "problems", "show", "shows_problems")

    def __init__(
        self,
        data: T_co,
        *,
        show: Shown = "",
        exit_code: ExitCode = ExitCode.DONE,
        problems: tuple[ReplyProblem, ...] = (),
        shows_problems: bool = False,
    ) -> None:
        self.data: Final = data
        self.show: Final = show
        self.exit_code: Final = exit_code
        self.problems: Final = problems
        self.shows_problems: Final = shows_problems


class ReplyDocument(msgspec.Struct, Generic[T], frozen=True):
    """What `--json` prints, of every command.

    >>> from qb.kit.command.frame.reply import ReplyDocument
    >>> said = '{"command":"init","ok":true,"code":0,"data":{"file":"pyproject.toml"},"problems":[]}'
    >>> msgspec.json.decode(said, type=ReplyDocument[dict[str, str]]).data
    {'file': 'pyproject.toml'}
    """

    command: str
    ok: bool
    """Whether it exits with 0."""
    code: int
    """What it exits with."""
    data: T
    """What the command found; null where it did not come to it."""
    problems: tuple[ReplyProblem, ...]


EXPECTED: Final = (KitError, DbError, QbError, SqlFileError)
"""What commands meet; anything else is a mistake of qb's own."""


def problem_of(error: Exception) -> ReplyProblem:
    """An error as commands say it. Of one that nobody expected only where it was met: its text may hold values."""
    code = getattr(error, "code", None)
    if isinstance(error, OSError) and error.filename is not None:
        message = f"{error.filename}: {error.strerror}"
        return ReplyProblem("file", message, file=str(error.filename))
    if isinstance(error, Timeout) and error.kind == "lock":
        message = f"{error}: somebody else holds it, qb doctor says who"
        return ReplyProblem("lock-not-had", message, fix="qb doctor")
    if not isinstance(error, EXPECTED) and code is None:
        frame = traceback.extract_tb(error.__traceback__)[-1:]
        where = "".join(f" at {Path(each.filename).name}:{each.lineno}" for each in frame)
        message = f"unexpected {type(error).__name__}{where}: a mistake of qb, QB_TRACEBACK=1 shows all of it"
        return ReplyProblem("unexpected", message)
    extra: dict[str, Any] = {name: getattr(error, name, None) for name in ("object", "file", "line", "fix")}
    return ReplyProblem(code if isinstance(code, str) else kebab(type(error).__name__), str(error), **extra)


def refusals_shown(refused: Sequence[RunRefusal]) -> tuple[ReplyProblem, ...]:
    """Why what is shown would not be run."""
    return tuple(ReplyProblem(each.code, each.message, each.object, each.file, each.line, each.fix) for each in refused)


def exit_code_of(error: Exception) -> ExitCode:
    """What a command exits with that met an error."""
    if isinstance(error, Timeout) and error.kind == "lock":
        return ExitCode.LOCK_NOT_HAD
    found = getattr(error, "exit_code", ExitCode.ERROR)
    return found if isinstance(found, ExitCode) else ExitCode.ERROR


def kebab(name: str) -> str:
    """The name of a class as codes are written.

    >>> from qb.kit.command.frame.reply import kebab
    >>> kebab("ConnectionRefused")
    'connection-refused'
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()
