"""What a statement destroys or changes of the rows that are there, as far as its text says: no server is asked.

https://www.postgresql.org/docs/current/sql-altertable.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from qb.frozen import FrozenStruct
from qb.kit.sql_file import FileStatement, split
from qb.tree.lexemes import Lexeme, lexemes
from qb.types.identifier import unquoted

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
_NOT_COLUMNS: Final = ("CONSTRAINT", "EXPRESSION", "DEFAULT", "NOT", "IDENTITY")
_CHANGES: Final = ("delete", "update")


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

    What a DO block says is read, too; what functions do that are called is not known. New rows are no loss.

    >>> from qb.kit.history.losses import losses
    >>> print(*losses("ALTER TABLE app.quotes DROP total, ALTER id TYPE bigint;\\nDELETE FROM notes;"), sep="\\n")
    up.sql:1:1: drop-column:app.quotes.total
    up.sql:1:1: retype:app.quotes.id
    up.sql:2:1: delete:notes
    """
    return tuple(
        SqlLoss(name, file, each.line, each.column)
        for each in split(text, file, connects=False)
        for name in dict.fromkeys(_of(each))
    )


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
    if _is(said, 0, "DO"):
        body = next((each.text for each in said if each.kind == "text"), "")
        inner = [each for each in lexemes(body[body.find("$", 1) + 1 : body.rfind("$", 0, -1)]) if each.said]
        for start in range(len(inner)):
            yield from _at(_statement(inner[start:]))
        return
    yield from _at(said)
    if _is(said, 0, "WITH"):
        for start in range(1, len(said)):
            if said[start - 1].text == "(" or said[start - 1].text == ")":
                yield from _at(said[start:])


def _statement(said: list[Lexeme]) -> list[Lexeme]:
    end = next((place for place, each in enumerate(said) if each.text == ";"), len(said))
    return said[:end]


def _at(said: Sequence[Lexeme]) -> Iterator[str]:
    """What a statement loses that begins here."""
    first = _word(said, 0)
    if first == "DROP":
        yield from _drop(said)
    elif first == "TRUNCATE":
        names = said[2 if _is(said, 1, "TABLE") else 1 :]
        yield from (f"truncate:{name}" for name in _names(names))
    elif first == "DELETE" and _is(said, 1, "FROM"):
        yield from (f"delete:{name}" for name in _names(said[2:], most=1))
    elif first == "UPDATE" and any(_is(said, place, "SET") for place in range(2, len(said))):
        yield from (f"update:{name}" for name in _names(said[1:], most=1))
    elif _upserts(said):
        yield from (f"update:{name}" for name in _names(said[2:], most=1))
    elif first == "ALTER" and _word(said, 1) in ("TABLE", "TYPE"):
        yield from _altered(said)


def _upserts(said: Sequence[Lexeme]) -> bool:
    """Whether it may change rows that are there, besides adding some."""
    if _is(said, 0, "INSERT"):
        return any(_is(said, place, "DO") and _is(said, place + 1, "UPDATE") for place in range(len(said)))
    return _is(said, 0, "MERGE") and _is(said, 1, "INTO")


def _drop(said: Sequence[Lexeme]) -> Iterator[str]:
    for what, kind in _DROPPED.items():
        if all(_is(said, place, word) for place, word in enumerate(what, 1)):
            yield from (f"{kind}:{name}" for name in _names(said[1 + len(what) :]))


def _altered(said: Sequence[Lexeme]) -> Iterator[str]:
    kind = "column" if _is(said, 1, "TABLE") else "attribute"
    table, actions = _name(_without(said[2:]))
    for action in _actions([each for each in actions if each.text != "*"]):
        if _is(action, 0, "DROP") and _word(action, 1) not in _NOT_COLUMNS:
            rest = action[2:] if _is(action, 1, "COLUMN") or _is(action, 1, "ATTRIBUTE") else action[1:]
            column, _ = _name(_without(rest))
            yield f"drop-{kind}:{table}.{column}"
        elif _is(action, 0, "ALTER"):
            rest = action[2:] if _is(action, 1, "COLUMN") or _is(action, 1, "ATTRIBUTE") else action[1:]
            column, after = _name(rest)
            if _is(after, 0, "TYPE") or (_is(after, 0, "SET") and _is(after, 1, "DATA")):
                yield f"retype:{table}.{column}"


def _actions(said: Sequence[Lexeme]) -> Iterator[list[Lexeme]]:
    """What an ALTER does, one after another."""
    depth = 0
    found: list[Lexeme] = []
    for each in said:
        depth += (each.text in "([") - (each.text in ")]") if len(each.text) == 1 else 0
        if each.text == "," and not depth:
            yield found
            found = []
        else:
            found.append(each)
    yield found


def _names(said: Sequence[Lexeme], most: int | None = None) -> Iterator[str]:
    """Names with commas between them."""
    rest, count = _without(said), 0
    while rest and rest[0].kind in ("word", "name") and count != most:
        name, rest = _name(rest)
        yield name
        count += 1
        rest = rest[1:] if rest and rest[0].text == "*" else rest
        if not rest or rest[0].text != ",":
            return
        rest = _without(rest[1:])


def _name(said: Sequence[Lexeme]) -> tuple[str, Sequence[Lexeme]]:
    """The name that begins here, with its schema, and what follows it."""
    if not said:
        return "", said
    parts, place = [unquoted(said[0].text)], 1
    while place + 1 < len(said) and said[place].text == ".":
        parts.append(unquoted(said[place + 1].text))
        place += 2
    return ".".join(parts), said[place:]


def _without(said: Sequence[Lexeme]) -> Sequence[Lexeme]:
    """What stands behind IF EXISTS and ONLY."""
    while said and said[0].kind == "word" and said[0].text.upper() in ("IF", "EXISTS", "ONLY"):
        said = said[1:]
    return said


def _word(said: Sequence[Lexeme], place: int) -> str:
    return said[place].text.upper() if place < len(said) and said[place].kind == "word" else ""


def _is(said: Sequence[Lexeme], place: int, word: str) -> bool:
    return _word(said, place) == word
