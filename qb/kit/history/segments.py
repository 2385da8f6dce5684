"""What of a migration runs together: its statements, cut into transactions and what cannot be in one."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from qb.frozen import FrozenStruct
from qb.kit.history.refused_statements import why_refused
from qb.kit.history.statement_kinds import adds_value, session_settings, transactional, words_of
from qb.kit.sql_file import FileStatement, SqlFileError, with_ends
from qb.tree.lexemes import lexemes

__all__ = ["SqlSegment", "allowed_in", "segments", "transactional"]

_MARK: Final = re.compile(r"--[ \t]*qb:[ \t]*(.*?)[ \t]*$")
_COMMIT: Final = "commit"
_ALONE: Final = "no transaction"
_ALLOW: Final = "allow "
_OF_TRANSACTIONS: Final = tuple(
    (word,) for word in ("BEGIN", "START", "COMMIT", "END", "SAVEPOINT", "RELEASE", "ROLLBACK")
)
_REST_OF_LINE: Final = re.compile(r"[ \t]*(?:--[^\n\r]*)?(?:\r\n|\r|\n|\Z)")
_COMMIT_LINE: Final = re.compile(r"[ \t]*--[ \t]*qb:[ \t]*commit[ \t]*(?:\r\n|\r|\n|\Z)")


class SqlSegment(FrozenStruct):
    """Statements that are committed together, or one that is run outside of a transaction."""

    number: int
    """From 1."""
    statements: tuple[FileStatement, ...]
    transactional: bool = True
    first: int = 1
    """The number of its first statement in the file, from 1; what begins and ends transactions is not counted."""
    settings: tuple[FileStatement, ...] = ()
    """What statements before it have set for the session, to be run first where a migration goes on with this one."""
    marked: bool = False
    """Whether a comment says that it is run outside of a transaction: what it does cannot be looked up then."""
    text: str = ""
    """All of the file that is its own, comments and semicolons included. Together they are the file."""


def segments(text: str, file: str = "up.sql") -> tuple[SqlSegment, ...]:
    """How the text of a migration is run. Raises `SqlFileError`, with the place of what is not run at all.

    All of it is one transaction, unless there is a statement that cannot be in one, which is a segment of its own; a
    new value of an enum, which can be used in the next one; COMMIT AND CHAIN; or a line `-- qb: commit`. BEGIN and
    COMMIT around some statements make them one. `-- qb: no transaction` ahead of a statement runs it outside of one.
    What SET says holds to the end of the migration, and savepoints to that of their segment. Refused are ROLLBACK,
    COMMIT without BEGIN, lines of psql's own, and the like.
    https://www.postgresql.org/docs/current/sql-begin.html

    >>> from qb.kit.history.segments import segments
    >>> text = "CREATE TABLE t (x int); INSERT INTO t VALUES (1); CREATE INDEX CONCURRENTLY ON t (x);"
    >>> [(each.transactional, len(each.statements)) for each in segments(text)]
    [(True, 2), (False, 1)]
    """
    return tuple(_Cutter(text, file).cut())


def allowed_in(text: str) -> tuple[str, ...]:
    """What lines such as `-- qb: allow drop-column:quotes.total` name as lost, as `--allow` does.

    >>> from qb.kit.history.segments import allowed_in
    >>> allowed_in("-- qb: allow drop-table:notes\\nDROP TABLE notes;")
    ('drop-table:notes',)
    """
    if "qb:" not in text:
        return ()
    found = (_MARK.match(each.text) for each in lexemes(text) if each.kind == "comment")
    return tuple(each[1][len(_ALLOW) :].strip() for each in found if each and each[1].startswith(_ALLOW))


class _Mark(NamedTuple):
    """A comment that speaks to us."""

    place: int
    said: str


class _Cutter:
    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.statements = tuple(with_ends(text, file))
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.marks = self.marked() if "qb:" in text else []
        self.last_run = max((self.place(each) for each, _ in self.statements if not _ends(each)), default=-1)
        """Where the last statement begins that is run."""
        self.open: list[FileStatement] = []
        self.settings: list[FileStatement] = []
        self.before: tuple[FileStatement, ...] = ()
        self.savepoints: set[str] = set()
        self.begun: FileStatement | None = None
        self.chained = False
        self.modes: FileStatement | None = None
        """What the transaction is said to be: its isolation."""
        self.kept: FileStatement | None = None
        """The same of the one before, which is chained to it."""
        self.made = 0
        self.number = 1
        self.last = 0
        """Where the text of the segment that is made next begins."""

    def cut(self) -> Iterator[SqlSegment]:
        ended = behind = 0
        for each, end in self.statements:
            start = self.place(each)
            alone = False
            for mark in self.take_marks(ended, start):
                if self.begun is not None:
                    raise self.refuse(mark, f"-- qb: {mark.said} between BEGIN and COMMIT: take either out")
                if mark.said == _COMMIT:
                    yield from self.flush(behind)
                else:
                    alone = True
            ended = start + len(each.text)
            inside = next(self.take_marks(start, ended), None)
            if inside is not None:
                raise self.refuse(inside, f"-- qb: {inside.said} within a statement: put it between two")
            after = self.after(end)
            yield from self.of(each, behind, after, alone=alone)
            behind = after
        for mark in self.take_marks(ended, len(self.text)):
            if mark.said == _ALONE:
                raise self.refuse(mark, f"no statement follows -- qb: {_ALONE}: take it out")
        if self.begun is not None and (self.open or not self.chained):
            raise self.wrong(self.begun, "no COMMIT follows this BEGIN: write one, or take it out")
        yield from self.flush(len(self.text))

    def of(self, each: FileStatement, behind: int, after: int, *, alone: bool) -> Iterator[SqlSegment]:
        if (why := why_refused(each)) is not None:
            raise self.wrong(each, why)
        words = words_of(each.text, 6)
        if alone and words[:1] in _OF_TRANSACTIONS:
            message = (
                f"-- qb: {_ALONE} ahead of {words[0]}: nothing there is run outside of a transaction: take either out"
            )
            raise self.wrong(each, message)
        match words:
            case ("BEGIN" | "START", *_):
                yield from self.begin(each, behind)
            case ("COMMIT" | "END", *rest):
                yield from self.commit(each, after, tuple(rest))
            case ("ROLLBACK", *rest) if "TO" not in rest:
                why = "a migration that undoes itself has no end that could be written down: take it out"
                raise self.wrong(each, f"ROLLBACK is not run: {why}")
            case ("SAVEPOINT" | "RELEASE" | "ROLLBACK", *rest):
                self.savepoint(each, words[0], rest[-1] if rest else "")
            case _:
                yield from self.plain(each, behind, after, alone=alone)

    def plain(self, each: FileStatement, behind: int, after: int, *, alone: bool) -> Iterator[SqlSegment]:
        if alone or not transactional(each.text):
            if self.begun is not None:
                raise self.wrong(each, "this cannot be in a transaction: put it outside of BEGIN and COMMIT")
            self.kept = None
            yield from self.flush(behind)
            self.open.append(each)
            yield from self.flush(after, outside=True, marked=alone and transactional(each.text))
            return
        if self.begun is None and self.open and adds_value(self.open[-1].text) and not adds_value(each.text):
            yield from self.flush(behind)
        self.go_on()
        self.open.append(each)
        if words_of(each.text, 2) == ("SET", "TRANSACTION"):
            self.modes = each
        self.settings.extend(FileStatement(one, each.line, each.column) for one in session_settings(each.text))

    def begin(self, each: FileStatement, behind: int) -> Iterator[SqlSegment]:
        if self.begun is not None:
            raise self.wrong(each, f"a transaction has begun in line {self.begun.line} already: take one BEGIN out")
        yield from self.flush(behind)
        self.begun, self.chained = each, False
        modes = words_of(each.text)[1:]
        if modes[:1] in (("WORK",), ("TRANSACTION",)):
            modes = modes[1:]
        if ("READ", "ONLY") in pairwise(modes):
            raise self.wrong(each, "READ ONLY: the journal is written in the same transaction: take it out")
        if modes:
            self.modes = FileStatement(f"SET TRANSACTION {' '.join(modes)}", each.line, each.column)
            self.open.append(self.modes)

    def commit(self, each: FileStatement, after: int, rest: tuple[str, ...]) -> Iterator[SqlSegment]:
        if rest[:1] in (("WORK",), ("TRANSACTION",)):
            rest = rest[1:]
        chained = rest == ("AND", "CHAIN")
        if not chained and self.begun is None:
            raise self.wrong(
                each,
                f"{words_of(each.text, 1)[0]} without BEGIN: a migration is in a transaction by itself; write a line "
                f"-- qb: {_COMMIT} where it is to be committed, or take this out",
            )
        modes = self.modes
        yield from self.flush(after)
        self.chained, self.kept = chained, modes if chained else None
        if chained and self.begun is None:
            return  # the transaction that is chained is the migration's own
        self.begun = self.begun if chained else None

    def savepoint(self, each: FileStatement, verb: str, name: str) -> None:
        known = name if name.startswith('"') else f'"{name.lower()}"'
        if verb == "SAVEPOINT":
            self.savepoints.add(known)
        elif known not in self.savepoints:
            raise self.wrong(each, f"the savepoint {name} is not set in this transaction: set it there")
        self.go_on()
        self.open.append(each)

    def go_on(self) -> None:
        """A transaction behind COMMIT AND CHAIN is as the one before it was."""
        if not self.open and self.kept is not None:
            self.modes = self.kept
            self.open.append(self.kept)
        self.kept = None

    def flush(self, end: int, *, outside: bool = False, marked: bool = False) -> Iterator[SqlSegment]:
        """The segment of what is open, and of the text up to a place."""
        if not self.open:
            return
        made = tuple(self.open)
        self.made += 1
        place = len(self.text) if self.is_last(end) else end
        own = self.text[self.last : place]
        yield SqlSegment(self.made, made, not outside, self.number, self.before, marked, own)
        self.number += len(made)
        self.last = place
        if len(self.settings) > len(self.before):
            self.before = tuple(self.settings)
        self.open.clear()
        self.savepoints.clear()
        self.modes = None

    def is_last(self, end: int) -> bool:
        """Whether nothing is run behind a place."""
        return self.last_run < end

    def after(self, place: int) -> int:
        """Where the line ends that a statement ends on, behind its semicolon, unless another one begins there."""
        for line in (_REST_OF_LINE, _COMMIT_LINE):
            if (rest := line.match(self.text, place)) is None:
                break
            place = rest.end()
        return place

    def place(self, each: FileStatement) -> int:
        return self.starts[each.line - 1] + each.column - 1

    def marked(self) -> list[_Mark]:
        found: list[_Mark] = []
        place = 0
        for lexeme in lexemes(self.text):
            if lexeme.kind == "comment" and (match := _MARK.match(lexeme.text)):
                mark = _Mark(place, " ".join(match[1].lower().split()))
                if mark.said.startswith(_ALLOW):
                    place += len(lexeme.text)
                    continue
                if mark.said not in (_COMMIT, _ALONE):
                    known = ", ".join(f"-- qb: {each}" for each in (_COMMIT, _ALONE, f"{_ALLOW}WHAT"))
                    raise self.refuse(mark, f"there is no -- qb: {match[1]}: there is {known}")
                found.append(mark)
            place += len(lexeme.text)
        return found

    def take_marks(self, start: int, end: int) -> Iterator[_Mark]:
        first, last = (bisect_left(self.marks, place, key=lambda mark: mark.place) for place in (start, end))
        return iter(self.marks[first:last])

    def wrong(self, each: FileStatement, message: str) -> SqlFileError:
        return SqlFileError(self.file, each.line, each.column, message)

    def refuse(self, mark: _Mark, message: str) -> SqlFileError:
        before = self.text[: mark.place]
        line = before.count("\n")
        return SqlFileError(self.file, line + 1, mark.place - self.starts[line] + 1, message)


def _ends(each: FileStatement) -> bool:
    return words_of(each.text, 1) in (("COMMIT",), ("END",))
