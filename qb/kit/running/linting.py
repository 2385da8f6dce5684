"""`lint`: what somebody should know of SQL that was written by hand, before it runs. No server is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from qb.errors.outcome import Failure, Success
from qb.kit.errors import KitError, UnreadableSql
from qb.kit.exit_code import ExitCode
from qb.kit.history.lock_kinds import static_locks
from qb.kit.history.losses import losses
from qb.kit.history.segments import segments
from qb.kit.sql_file import SqlFileError, file_text

LintKind: TypeAlias = Literal["not run", "destroys", "changes", "keeps waiting", "locks"]
"""What was found. What keeps others waiting has a form that does not, or takes longer the more rows there are."""


class LintFinding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing about a statement."""

    kind: LintKind
    says: str
    file: str
    line: int
    column: int
    instead: str = ""
    """What does the same, and lets others work."""

    @property
    def wrong(self) -> bool:
        """Whether it is not run, or keeps others waiting."""
        return self.kind in ("not run", "keeps waiting")

    def __str__(self) -> str:
        instead = f"; instead: {self.instead}" if self.instead else ""
        return f"{self.file}:{self.line}:{self.column}: {self.says}{instead}"


class LintedSql(msgspec.Struct, frozen=True):
    """All that was found, in the order of the files."""

    findings: tuple[LintFinding, ...]

    @property
    def exit_code(self) -> ExitCode:
        """3 where something is not run, or keeps others waiting."""
        return ExitCode.DIFFERS if any(each.wrong for each in self.findings) else ExitCode.DONE


Linting: TypeAlias = Success[LintedSql] | Failure[KitError, LintedSql]
"""What comes back."""


def lint(*files: Path | str) -> Linting:
    """What the statements of some files destroy and change, which locks they take, and what is not run at all.

    Tables that a file makes itself are nobody's yet. Errors: `UnreadableSql` of what is no text.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from qb.kit import lint
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "change.sql"
    ...     _ = file.write_text("DROP TABLE old;\\nALTER TABLE notes ALTER text SET NOT NULL;")
    ...     found = lint(file).unwrap()
    >>> [(each.kind, each.line) for each in found.findings]
    [('destroys', 1), ('locks', 1), ('locks', 1), ('keeps waiting', 2)]
    """
    try:
        return Success(LintedSql(tuple(_of_files(files))))
    except KitError as error:
        return Failure(error)


def _of_files(files: Iterable[Path | str]) -> Iterator[LintFinding]:
    for each in files:
        path = Path(each)
        try:
            text = file_text(path.read_bytes(), str(path))
        except OSError as error:
            raise UnreadableSql(str(path), 1, 1, error.strerror or "it cannot be read") from None
        except SqlFileError as error:
            raise UnreadableSql(error.file, error.line, error.column, error.message) from None
        yield from sorted(_of_text(text, str(path)), key=lambda found: (found.line, found.column))


def _of_text(text: str, file: str) -> Iterator[LintFinding]:
    try:
        segments(text, file)
        lost, locks = losses(text, file), static_locks(text, file)
    except SqlFileError as error:
        says = f"it is not run: {error.message}"
        yield LintFinding(kind="not run", says=says, file=file, line=error.line, column=error.column)
        return
    for each in lost:
        kind: LintKind = "destroys" if each.destroys else "changes"
        yield LintFinding(kind=kind, says=each.name, file=file, line=each.line, column=each.column)
    for lock in locks:
        long = bool(lock.why or lock.instead)
        yield LintFinding(
            kind="keeps waiting" if long else "locks",
            says=lock.says,
            file=file,
            line=lock.line,
            column=lock.column,
            instead=lock.instead,
        )
