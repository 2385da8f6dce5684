"""Which locks a statement takes on tables that are there, and for how long, as far as its text says.

https://www.postgresql.org/docs/current/explicit-locking.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from qb.frozen import FrozenStruct
from qb.kit.history.statement_parts import actions_of, is_word, name_from, names_from, without_only, word_at
from qb.kit.sql_file import split
from qb.tree.lexemes import Lexeme, lexemes
from qb.types.identifier import unquoted

_ALL: Final = "AccessExclusiveLock"
_VALIDATE: Final = "NOT VALID, then -- qb: commit and VALIDATE CONSTRAINT"
_STABLE: Final = ("NOW", "TRANSACTION_TIMESTAMP", "STATEMENT_TIMESTAMP")
_TYPES: Final = frozenset(
    """
    bigint bigserial bit bool boolean box bpchar bytea char character cidr circle date datemultirange daterange dec
    decimal double float float4 float8 inet int int2 int4 int4multirange int4range int8 int8multirange int8range integer
    interval json jsonb jsonpath line lseg macaddr macaddr8 money name national nchar numeric nummultirange numrange oid
    path pg_lsn point polygon real regclass regtype serial serial2 serial4 serial8 smallint smallserial text time
    timestamp timestamptz timetz tsmultirange tsquery tsrange tstzmultirange tstzrange tsvector uuid varbit varchar xml
    vector halfvec citext hstore ltree geometry geography
    """.split()  # noqa: SIM905
)
"""Types that are no domain."""
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
    unless: str = ""
    """What would make a moment longer, and no text says."""

    sure: bool = True
    """Whether the text says it: what a key refers to that is dropped, it does not."""

    @property
    def says(self) -> str:
        """The lock, the table, and how long."""
        moment = f", for a moment, unless {self.unless}" if self.unless else ", for a moment"
        return f"{self.lock} on {self.table}" + (f" while it {self.why}" if self.why else moment)

    def __str__(self) -> str:
        said = f"{self.file}:{self.line}:{self.column}: {self.says}"
        return f"{said}: {self.instead}" if self.instead else said


def static_locks(text: str, file: str = "up.sql") -> tuple[StaticLock, ...]:
    """The locks that a migration's text takes on tables that it does not make itself. Raises `SqlFileError` where it
    cannot be cut. Partitions, and tables that inherit, are locked as their parent is where ONLY is not said. Which
    table a key refers to that is dropped is not said by a text: it has a name of words.

    >>> from qb.kit.history.lock_kinds import static_locks
    >>> print(*static_locks("CREATE INDEX ON notes (text);\\nALTER TABLE notes ADD done bool;"), sep="\\n")
    up.sql:1:1: ShareLock on notes while it builds the index: CREATE INDEX CONCURRENTLY
    up.sql:2:1: AccessExclusiveLock on notes, for a moment
    """
    made: set[str] = set()
    found: list[StaticLock] = []
    for each in split(text, file, connects=False):
        said = [lexeme for lexeme in lexemes(each.text) if lexeme.said]
        _note_made(said, made)
        seen: dict[str, _Lock] = {}
        for lock in _of(said):
            if lock.table not in made and lock.of not in made:
                seen.setdefault(lock.table, lock)
        found += (
            StaticLock(one.table, one.lock, file, each.line, each.column, one.why, one.instead, one.unless, not one.of)
            for one in seen.values()
        )
    return tuple(found)


class _Lock(NamedTuple):
    table: str
    lock: str
    why: str = ""
    instead: str = ""
    unless: str = ""
    of: str = ""
    """The table by which it is known, where it has no name of its own."""


def _of(said: Sequence[Lexeme]) -> Iterator[_Lock]:
    words = [word_at(said, place) for place in range(4)]
    everything = {each.text.upper() for each in said if each.kind == "word"}
    match words:
        case ["CREATE", "INDEX", *_] | ["CREATE", "UNIQUE", "INDEX", _] if "CONCURRENTLY" not in everything:
            yield _Lock(_on(said), "ShareLock", "builds the index", "CREATE INDEX CONCURRENTLY")
        case ["DROP", "INDEX", *_] if "CONCURRENTLY" not in everything:
            for name in names_from(said[2:]):
                yield _Lock(f"the table of {name}", _ALL, "", "DROP INDEX CONCURRENTLY")
        case ["REINDEX", *_] if "CONCURRENTLY" not in everything:
            name, _ = name_from(said[2:])
            table = f"the table of {name}" if words[1] == "INDEX" else name
            yield _Lock(table, "ShareLock", "builds the index", "REINDEX CONCURRENTLY")
        case ["VACUUM", *_] if "FULL" in everything:
            yield _Lock(name_from([each for each in said[1:] if each.text.upper() not in _VACUUM])[0], _ALL, *_ANEW)
        case ["VACUUM", *_]:
            for name in tuple(names_from(_vacuumed(said))) or ("each table",):
                yield _Lock(name, "ShareUpdateExclusiveLock")
        case ["CLUSTER", *_]:
            yield _Lock(name_from(said[1:])[0] or "each clustered table", _ALL, *_ANEW)
        case ["REFRESH", "MATERIALIZED", "VIEW", *_] if "CONCURRENTLY" not in everything:
            yield _Lock(name_from(said[3:])[0], _ALL, "fills it", "REFRESH MATERIALIZED VIEW CONCURRENTLY")
        case ["REFRESH", "MATERIALIZED", "VIEW", *_]:  # others read it meanwhile, and nobody writes
            yield _Lock(name_from(said[4:])[0], "ExclusiveLock")
        case ["LOCK", *_]:
            for name in names_from(_behind_table(said)):
                yield _Lock(name, "the lock that it names", "works on")
        case ["ALTER", "TABLE", *_] | ["ALTER", "FOREIGN", "TABLE", *_]:
            yield from _altered(said[2 if words[1] == "TABLE" else 3 :])
        case ["ALTER", "DOMAIN", *_]:
            yield from _domain(said[2:], everything)
        case ["CREATE" | "ALTER" | "DROP", "POLICY" | "RULE", *_] | ["CREATE", "OR", "REPLACE", "RULE"]:
            creates_rule = words[0] == "CREATE" and "RULE" in words
            yield _Lock(_on(said, "TO" if creates_rule else "ON"), _ALL)
        case ["ALTER" | "DROP", "TRIGGER", *_]:
            yield _Lock(_on(said), _ALL)
        case ["CREATE", *_] if "TRIGGER" in words and "EVENT" not in words:
            yield _Lock(_on(said), "ShareRowExclusiveLock")
        case ["CREATE", *_] if "TABLE" in words or "SCHEMA" in words:
            yield from _created(said)
        case ["TRUNCATE", *_]:
            for name in names_from(_behind_table(said)):
                yield _Lock(name, _ALL)
                if "CASCADE" in everything:
                    yield _Lock(f"the tables that refer to {name}", _ALL, of=name)
        case ["DROP", "TABLE", *_] | ["DROP", "FOREIGN", "TABLE", *_]:
            for name in names_from(said[2 if words[1] == "TABLE" else 3 :]):
                yield _Lock(name, _ALL)
                yield _Lock(f"the tables that {name} refers to, or is a part of", _ALL, of=name)
        case _:
            return


def _vacuumed(said: Sequence[Lexeme]) -> Sequence[Lexeme]:
    """The tables of a VACUUM: behind its options, and without columns."""
    depth, found = 0, list[Lexeme]()
    for each in said[1:]:
        depth += (each.text == "(") - (each.text == ")")
        if not depth and each.text != ")" and (found or each.text.upper() not in _VACUUM):
            found.append(each)
    return found


def _behind_table(said: Sequence[Lexeme]) -> Sequence[Lexeme]:
    return said[2 if is_word(said, 1, "TABLE") else 1 :]


def _domain(said: Sequence[Lexeme], everything: set[str]) -> Iterator[_Lock]:
    name, rest = name_from(said)
    first = [word_at(rest, place) for place in range(2)]
    valid = "VALID" not in everything
    if (first[0] == "ADD" and valid) or first == ["SET", "NOT"] or first == ["VALIDATE", "CONSTRAINT"]:
        instead = _VALIDATE if first[0] == "ADD" else ""
        yield _Lock(f"each table with a column of {name}", "ShareLock", "reads all rows", instead)


def _created(said: Sequence[Lexeme]) -> Iterator[_Lock]:
    """What a table that is made refers to, is a part of, or has its columns of."""
    for place in range(1, len(said)):
        words = word_at(said, place - 1), word_at(said, place)
        if words == ("PARTITION", "OF"):
            default = "" if any(is_word(said, at, "DEFAULT") for at in range(place, len(said))) else _DEFAULT_PART
            yield _Lock(name_from(said[place + 1 :])[0], _ALL, unless=default)
        elif words[1] == "INHERITS":
            for name in names_from(said[place + 2 :]):
                yield _Lock(name, "ShareUpdateExclusiveLock")
    for name in _referred(said):
        yield _Lock(name, "ShareRowExclusiveLock")


def _referred(said: Sequence[Lexeme]) -> Iterator[str]:
    for place in range(len(said)):
        if is_word(said, place, "REFERENCES"):
            yield name_from(said[place + 1 :])[0]


_DEFAULT_PART: Final = "it has a default partition, which is read"
_VACUUM: Final = ("(", ")", ",", "FULL", "ANALYZE", "VERBOSE", "FREEZE")
_ANEW: Final = ("writes all of it anew", "")


def _altered(said: Sequence[Lexeme]) -> Iterator[_Lock]:
    table, rest = name_from(without_only(said))
    longest: _Lock | None = None
    others: list[_Lock] = []
    for action in actions_of(rest[1:] if rest and rest[0].text == "*" else rest):
        words = [each.text.upper() for each in action if each.kind == "word"]
        found = _Lock(table, *_action(action, words))
        if longest is None or (found.why and not longest.why) or (found.unless and not (longest.why or longest.unless)):
            longest = found
        others += _others(table, action, words, found)
    if longest is not None:
        yield longest
    yield from others


def _others(table: str, action: Sequence[Lexeme], words: Sequence[str], found: _Lock) -> Iterator[_Lock]:
    """The locks on other tables."""
    if words[:1] == ["ADD"]:
        reads = found.why if "all rows of both" in found.why else ""
        for name in _referred(action):
            yield _Lock(name, "ShareRowExclusiveLock", reads, found.instead if reads else "")
    elif words[:1] == ["INHERIT"]:
        yield _Lock(name_from(action[1:])[0], "ShareUpdateExclusiveLock")
    elif words[:2] in (["ATTACH", "PARTITION"], ["DETACH", "PARTITION"]):  # CONCURRENTLY: in its second transaction
        yield _Lock(name_from(action[2:])[0], _ALL, "reads all rows" if words[0] == "ATTACH" else "")
    elif words[:1] == ["DROP"] or words[:2] == ["ALTER", "CONSTRAINT"]:
        of = word_at(action, 1) in ("CONSTRAINT", "COLUMN")
        name, _ = name_from(without_only(action[2 if of else 1 :]))
        if words[1:2] != ["EXPRESSION"]:
            yield _Lock(f"what {name} of {table} refers to, if it is a foreign key or has one", _ALL, of=table)


def _action(action: Sequence[Lexeme], words: Sequence[str]) -> tuple[str, ...]:
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


def _added(action: Sequence[Lexeme], words: Sequence[str]) -> tuple[str, ...]:
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
    known = set(words)
    if "UNIQUE" in known or "PRIMARY" in known:
        return _ALL, "builds the index", "a column without, then CREATE UNIQUE INDEX CONCURRENTLY and USING INDEX"
    if "CHECK" in known:
        return _ALL, "reads all rows", f"a column without, then the CHECK {_VALIDATE}"
    return _ALL, "", "", _unless_domain(action)


def _unless_domain(action: Sequence[Lexeme]) -> str:
    """What is said of a column's type that is not PostgreSQL's."""
    rest = action[2:] if is_word(action, 1, "COLUMN") else action[1:]
    while word_at(rest, 0) in ("IF", "NOT", "EXISTS"):
        rest = rest[1:]
    _, type_ = name_from(rest)
    own = bool(type_) and (type_[0].kind == "name" or (len(type_) > 1 and type_[1].text == "."))
    known = is_word(type_, 0, "PG_CATALOG") or (not own and unquoted(type_[0].text) in _TYPES if type_ else True)
    return "" if known else f"{name_from(type_)[0]} is a domain with a check, for which all rows are written anew"


def _on(said: Sequence[Lexeme], word: str = "ON") -> str:
    place = next((place for place in range(len(said)) if is_word(said, place, word)), len(said))
    return name_from(without_only(said[place + 1 :]))[0]


def _note_made(said: Sequence[Lexeme], made: set[str]) -> None:
    words = [word_at(said, place) for place in range(4)]
    if words[0] != "CREATE":
        return
    for kind in (("TABLE",), ("MATERIALIZED", "VIEW")):
        for place in (1, 2):
            if tuple(words[place : place + len(kind)]) == kind:
                made.add(name_from(without_only(said[place + len(kind) :]))[0])
