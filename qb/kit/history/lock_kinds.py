"""Which locks a statement takes on tables that are there, and for how long, as far as its text says.

https://www.postgresql.org/docs/current/explicit-locking.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from qb.frozen import FrozenStruct
from qb.kit.history.statement_parts import actions_of, is_word, name_from, without_only, word_at
from qb.kit.sql_file import FileStatement, split
from qb.tree.lexemes import Lexeme, lexemes

_ALL: Final = "AccessExclusiveLock"
_VALIDATE: Final = "NOT VALID, then -- qb: commit and VALIDATE CONSTRAINT"
_STABLE: Final = ("NOW", "TRANSACTION_TIMESTAMP", "STATEMENT_TIMESTAMP")
_MOVES: Final = (("SET", "LOGGED"), ("SET", "UNLOGGED"), ("SET", "TABLESPACE"), ("SET", "ACCESS"))


class StaticLock(FrozenStruct):
    """A lock that a statement takes."""

    table: str
    lock: str
    """As PostgreSQL calls it: `AccessExclusiveLock` keeps readers away, too, `ShareLock` writers alone."""
    file: str
    line: int
    column: int
    why: str = ""
    """What it does meanwhile, where that takes longer the more rows there are."""
    instead: str = ""
    """What does the same and lets others work."""

    def __str__(self) -> str:
        said = f"{self.file}:{self.line}:{self.column}: {self.lock} on {self.table}"
        said += f" while it {self.why}" if self.why else ", for a moment"
        return f"{said}: {self.instead}" if self.instead else said


def static_locks(text: str, file: str = "up.sql") -> tuple[StaticLock, ...]:
    """The locks that a migration's text takes on tables that it does not make itself. Raises `SqlFileError` where it
    cannot be cut.

    >>> from qb.kit.history.lock_kinds import static_locks
    >>> print(*static_locks("CREATE INDEX ON notes (text);\\nALTER TABLE notes ADD done bool;"), sep="\\n")
    up.sql:1:1: ShareLock on notes while it builds the index: CREATE INDEX CONCURRENTLY
    up.sql:2:1: AccessExclusiveLock on notes, for a moment
    """
    made: set[str] = set()
    found: list[StaticLock] = []
    for each in split(text, file, connects=False):
        said = [lexeme for lexeme in lexemes(each.text) if lexeme.said]
        for table, lock, why, instead in _of(said, made):
            if table not in made:
                found.append(StaticLock(table, lock, file, each.line, each.column, why, instead))
        _note_made(each, said, made)
    return tuple(found)


_Said = Iterator[tuple[str, str, str, str]]


def _of(said: Sequence[Lexeme], made: set[str]) -> _Said:
    words = [word_at(said, place) for place in range(4)]
    everything = {each.text.upper() for each in said if each.kind == "word"}
    match words:
        case ["CREATE", "INDEX", *_] | ["CREATE", "UNIQUE", "INDEX", _] if "CONCURRENTLY" not in everything:
            yield _on(said), "ShareLock", "builds the index", "CREATE INDEX CONCURRENTLY"
        case ["DROP", "INDEX", *_] if "CONCURRENTLY" not in everything:
            name, _ = name_from(without_only(said[2:]))
            yield f"the table of {name}", _ALL, "", "DROP INDEX CONCURRENTLY"
        case ["REINDEX", *_] if "CONCURRENTLY" not in everything:
            name, _ = name_from(said[2:])
            yield name, "ShareLock", "builds the index", "REINDEX CONCURRENTLY"
        case ["VACUUM", *_] if "FULL" in everything:
            yield name_from([each for each in said[1:] if each.text.upper() not in _VACUUM])[0], _ALL, *_ANEW
        case ["CLUSTER", *_]:
            yield name_from(said[1:])[0] or "each clustered table", _ALL, *_ANEW
        case ["REFRESH", "MATERIALIZED", "VIEW", *_] if "CONCURRENTLY" not in everything:
            yield name_from(said[3:])[0], _ALL, "fills it", "REFRESH MATERIALIZED VIEW CONCURRENTLY"
        case ["LOCK", *_]:
            rest = said[2 if is_word(said, 1, "TABLE") else 1 :]
            yield name_from(without_only(rest))[0], "the lock that it names", "works on", ""
        case ["ALTER", "TABLE", *_]:
            yield from _altered(said)
        case ["CREATE", *_] if "TRIGGER" in words:
            yield _on(said), "ShareRowExclusiveLock", "", ""
        case ["TRUNCATE", *_]:
            yield name_from(without_only(said[2 if is_word(said, 1, "TABLE") else 1 :]))[0], _ALL, "", ""
        case ["DROP", "TABLE", *_]:
            yield name_from(without_only(said[2:]))[0], _ALL, "", ""
        case _:
            return


_VACUUM: Final = ("(", ")", ",", "FULL", "ANALYZE", "VERBOSE", "FREEZE")
_ANEW: Final = ("writes all of it anew", "")


def _altered(said: Sequence[Lexeme]) -> _Said:
    table, rest = name_from(without_only(said[2:]))
    longest: tuple[str, str, str, str] | None = None
    for action in actions_of([each for each in rest if each.text != "*"]):
        words = [each.text.upper() for each in action if each.kind == "word"]
        found = (table, *_action(action, words))
        if longest is None or (found[2] and not longest[2]):
            longest = found
    if longest is not None:
        yield longest


def _action(action: Sequence[Lexeme], words: Sequence[str]) -> tuple[str, str, str]:
    first, known = tuple(words[:2]), set(words)
    valid = ("NOT", "VALID") not in list(pairwise(words))
    match words[:1]:
        case ["ADD"] if first[1:] in (
            ("CONSTRAINT",),
            ("CHECK",),
            ("FOREIGN",),
            ("UNIQUE",),
            ("PRIMARY",),
            ("EXCLUDE",),
        ):
            return _constraint(known, valid=valid)
        case ["ADD"]:
            return _added(action, words)
        case ["ALTER"] if "TYPE" in known:
            return _ALL, "may write all rows anew", "a new column, filled in batches (steps.py)"
        case ["ALTER"] if words[-3:] == ["SET", "NOT", "NULL"]:
            return _ALL, "reads all rows", f"ADD CONSTRAINT ... NOT NULL (CHECK before 18) {_VALIDATE}"
        case ["VALIDATE"]:
            return "ShareUpdateExclusiveLock", "", ""
        case ["ATTACH"]:
            return "ShareUpdateExclusiveLock", "reads all rows", "a CHECK of the same, validated before"
        case ["DETACH"] if "CONCURRENTLY" not in known:
            return _ALL, "", "DETACH PARTITION ... CONCURRENTLY"
        case ["DETACH"]:
            return "ShareUpdateExclusiveLock", "", ""
        case _ if first in _MOVES:
            return _ALL, "writes all of it anew", ""
        case _:
            return _ALL, "", ""


def _constraint(known: set[str], *, valid: bool) -> tuple[str, str, str]:
    if "FOREIGN" in known:
        lock = "ShareRowExclusiveLock"
        return (lock, "reads all rows of both", _VALIDATE) if valid else (lock, "", "")
    if "USING" in known and "INDEX" in known:
        return _ALL, "", ""
    if "UNIQUE" in known or "PRIMARY" in known:
        return _ALL, "builds the index", "CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT ... USING INDEX"
    if "EXCLUDE" in known:
        return _ALL, "builds the index", ""
    return (_ALL, "reads all rows", _VALIDATE) if valid else (_ALL, "", "")


def _added(action: Sequence[Lexeme], words: Sequence[str]) -> tuple[str, str, str]:
    if "STORED" in words:
        return _ALL, "writes all rows anew", ""
    if "IDENTITY" in words or any(each.endswith("SERIAL") for each in words):
        return _ALL, "writes all rows anew", "a column without, filled in batches (steps.py), then the identity"
    texts = [each.text.upper() for each in action]
    if "DEFAULT" in texts:
        place = texts.index("DEFAULT")
        rest = texts[place + 1 :]
        calls = [one for one, other in pairwise(rest) if other == "("]
        if any(each not in _STABLE for each in calls):
            return _ALL, "may write all rows anew", "a column without, its DEFAULT set behind, filled in batches"
    return _ALL, "", ""


def _on(said: Sequence[Lexeme]) -> str:
    place = next((place for place, each in enumerate(said) if is_word(said, place, "ON") and each.said), len(said))
    return name_from(without_only(said[place + 1 :]))[0]


def _note_made(each: FileStatement, said: Sequence[Lexeme], made: set[str]) -> None:
    words = [word_at(said, place) for place in range(4)]
    if words[0] != "CREATE":
        return
    for kind in (("TABLE",), ("MATERIALIZED", "VIEW")):
        for place in (1, 2):
            if tuple(words[place : place + len(kind)]) == kind:
                made.add(name_from(without_only(said[place + len(kind) :]))[0])
