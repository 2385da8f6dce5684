"""What a statement destroys or changes of the rows that are there, as far as its text says: no server is asked.

https://www.postgresql.org/docs/current/sql-altertable.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from qb.frozen import FrozenStruct
from qb.kit.history.counting import is_made, made_by, restarted
from qb.kit.history.executed import executed, unknown_calls
from qb.kit.history.statement_parts import actions_of, is_word, name_from, names_from, without_only, word_at
from qb.kit.sql_file import FileStatement, split
from qb.tree.lexemes import Lexeme, lexemes

_DROPPED: Final = {
    ("TABLE",): "drop-table",
    ("FOREIGN", "TABLE"): "drop-table",
    ("SCHEMA",): "drop-schema",
    ("SEQUENCE",): "drop-sequence",
    ("TYPE",): "drop-type",
    ("DOMAIN",): "drop-type",
    ("EXTENSION",): "drop-extension",
    ("DATABASE",): "drop-database",
    ("OWNED", "BY"): "drop-owned",
}
_NOT_COLUMNS: Final = ("CONSTRAINT", "DEFAULT", "NOT")
"""Reserved words: no column is called so without quotes."""
_CHANGES: Final = ("delete:", "update:", "unknown:", "restart-identity:", "restart-sequence:")
SET_ASIDE: Final = "qb_aside_"
"""What the names begin with of schemas into which a plan puts tables that it makes anew."""


class SqlLoss(FrozenStruct):
    """Something that a statement destroys or changes."""

    name: str
    """As `--allow` takes it: `drop-column:quotes.total`."""
    file: str
    line: int
    column: int

    @property
    def destroys(self) -> bool:
        """Whether it takes an object away, and does not only change or delete some rows."""
        return not self.name.startswith(_CHANGES)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.name}"


def losses(text: str, file: str = "up.sql") -> tuple[SqlLoss, ...]:
    """What a migration's text destroys or changes. Raises `SqlFileError` where it cannot be cut.

    What EXPLAIN ANALYZE, PREPARE, COPY, a DO block and the like have within them is read, too. What may do anything is
    `unknown:` and a name: a function that is called and is not PostgreSQL's own, a text that is run, a statement that
    is not known. Triggers and rules are not looked for. New rows are no loss.

    >>> from qb.kit.history.losses import losses
    >>> print(*losses("ALTER TABLE app.quotes DROP total, ALTER id TYPE bigint;\\nDELETE FROM notes;"), sep="\\n")
    up.sql:1:1: drop-column:app.quotes.total
    up.sql:1:1: retype:app.quotes.id
    up.sql:2:1: delete:notes
    """
    return losses_of(split(text, file, connects=False), file)


def losses_of(statements: Iterable[FileStatement], file: str) -> tuple[SqlLoss, ...]:
    """What some statements destroy or change, one after another: a file that is cut already."""
    aside: dict[str, str] = {}
    made: set[str] = set()
    found: list[SqlLoss] = []
    for each in statements:
        aside.update(_set_aside(each))
        made.update(made_by([one for one in lexemes(each.text) if one.said]))
        names = (_real(name, aside) for name in dict.fromkeys(_of(each)) if not is_made(name, made))
        found += (SqlLoss(name, file, each.line, each.column) for name in names)
    return tuple(found)


def _set_aside(statement: FileStatement) -> Iterator[tuple[str, str]]:
    """A table that a plan has put into a schema of its own, to make it anew: what it is called there, and was."""
    said = [each for each in lexemes(statement.text) if each.said]
    if not (is_word(said, 0, "ALTER") and is_word(said, 1, "TABLE")):
        return
    name, rest = name_from(without_only(said[2:]))
    if is_word(rest, 0, "SET") and is_word(rest, 1, "SCHEMA"):
        schema, _ = name_from(rest[2:])
        if schema.startswith(SET_ASIDE):
            yield f"{schema}.{name.rpartition('.')[2]}", name


def _real(name: str, aside: Mapping[str, str]) -> str:
    kind, colon, what = name.partition(":")
    return f"{kind}{colon}{aside.get(what, what)}"


def same_loss(name: str) -> str:
    """A name without the schema `public`, which may be said or not.

    >>> from qb.kit.history.losses import same_loss
    >>> same_loss("drop-table:public.notes") == same_loss("drop-table:notes")
    True
    """
    kind, colon, what = name.partition(":")
    return f"{kind}{colon}{what.removeprefix('public.')}"


def _of(statement: FileStatement) -> Iterator[str]:
    said = [each for each in lexemes(statement.text) if each.said]
    for each in executed(said):
        yield from _at(each)
        yield from restarted(each)
    yield from (f"unknown:{name}" for name in unknown_calls(said))


def _at(said: Sequence[Lexeme]) -> Iterator[str]:
    """What a statement loses that begins here."""
    first = word_at(said, 0)
    if first == "DROP":
        yield from _drop(said)
    elif first == "TRUNCATE":
        names = said[2 if is_word(said, 1, "TABLE") else 1 :]
        yield from (f"truncate:{name}" for name in names_from(names))
    elif first == "DELETE" and is_word(said, 1, "FROM"):
        yield from (f"delete:{name}" for name in names_from(said[2:], most=1))
    elif first == "UPDATE" and any(is_word(said, place, "SET") for place in range(2, len(said))):
        yield from (f"update:{name}" for name in names_from(said[1:], most=1))
    elif _upserts(said):
        yield from (f"update:{name}" for name in names_from(said[2:], most=1))
    elif first == "ALTER" and word_at(said, 1) in ("TABLE", "TYPE"):
        yield from _altered(said)


def _upserts(said: Sequence[Lexeme]) -> bool:
    """Whether it may change rows that are there, besides adding some."""
    if is_word(said, 0, "INSERT"):
        return any(is_word(said, place, "DO") and is_word(said, place + 1, "UPDATE") for place in range(len(said)))
    return is_word(said, 0, "MERGE") and is_word(said, 1, "INTO")


def _drop(said: Sequence[Lexeme]) -> Iterator[str]:
    for what, kind in _DROPPED.items():
        if all(is_word(said, place, word) for place, word in enumerate(what, 1)):
            yield from (f"{kind}:{name}" for name in names_from(said[1 + len(what) :]))


def _altered(said: Sequence[Lexeme]) -> Iterator[str]:
    kind = "column" if is_word(said, 1, "TABLE") else "attribute"
    table, actions = name_from(without_only(said[2:]))
    for action in actions_of([each for each in actions if each.text != "*"]):
        if is_word(action, 0, "DROP") and word_at(action, 1) not in _NOT_COLUMNS:
            rest = action[2:] if is_word(action, 1, "COLUMN") or is_word(action, 1, "ATTRIBUTE") else action[1:]
            column, _ = name_from(without_only(rest))
            yield f"drop-{kind}:{table}.{column}"
        elif is_word(action, 0, "ALTER"):
            rest = action[2:] if is_word(action, 1, "COLUMN") or is_word(action, 1, "ATTRIBUTE") else action[1:]
            column, after = name_from(rest)
            if is_word(after, 0, "TYPE") or (is_word(after, 0, "SET") and is_word(after, 1, "DATA")):
                yield f"retype:{table}.{column}"
            elif is_word(after, 0, "DROP") and is_word(after, 1, "IDENTITY"):
                yield f"drop-identity:{table}.{column}"
            elif word_at(after, 0) in ("RESTART", "SET") and any(
                is_word(after, place, "RESTART") and (not place or word_at(after, place - 1) != "DEFAULT")
                for place in range(len(after))
            ):
                yield f"restart-identity:{table}.{column}"
