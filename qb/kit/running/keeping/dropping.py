"""What a statement takes away that rows are in, and what it makes: by its words alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal, TypeAlias

from qb.frozen import FrozenStruct
from qb.kit.history.losses import SET_ASIDE, same_loss
from qb.kit.history.statement_parts import is_word, name_from, names_from, said_name, without_only, word_at
from qb.tree.lexemes import Lexeme, lexemes
from qb.types.identifier import quoted, unquoted

KeptKind: TypeAlias = Literal["table", "column", "sequence", "type"]
"""What is kept: a type only because a column that is kept is of it."""

_NO_COLUMN: Final = ("CONSTRAINT", "CHECK", "UNIQUE", "PRIMARY", "FOREIGN", "EXCLUDE")
_WHY: Final = {
    "truncate": "rows that are deleted",
    "delete": "rows that are deleted",
    "update": "values that are written over",
    "retype": "values that are converted",
    "narrow": "values that are converted",
    "drop-attribute": "a part of values",
    "drop-value": "a label that rows may have",
    "drop-identity": "how far a sequence has counted",
    "restart-identity": "how far a sequence has counted",
    "restart-sequence": "how far a sequence has counted",
    "unknown": "what nobody can tell by its text",
}
_CASCADE: Final = "what goes with it by CASCADE is known to nobody; drop that by its own name first"


class SqlName(FrozenStruct):
    """A name as a statement says it, with its schema or without."""

    parts: tuple[str, ...]

    @property
    def sql(self) -> str:
        """As SQL, quoted."""
        return ".".join(map(quoted, self.parts))

    @property
    def dotted(self) -> str:
        """As losses are called."""
        return said_name(self.parts)


class KeptDrop(FrozenStruct):
    """Something with rows that a statement drops."""

    kind: KeptKind
    name: SqlName
    column: str = ""

    @property
    def loss(self) -> str:
        """As `--allow` takes it."""
        return f"drop-{self.kind}:{self.name.dotted}{f'.{said_name([self.column])}' if self.column else ''}"


class AlterTable(FrozenStruct):
    """An ALTER TABLE: the table, and what is done to it, as it is written."""

    name: SqlName
    head: str
    """All before the first action."""
    actions: tuple[str, ...]
    only: bool = False
    """Whether what inherits from it is left as it is."""

    def without(self, left: Sequence[str]) -> str:
        """The same without some of its actions; empty where none is left."""
        rest = [each for each in self.actions if each not in left]
        return self.head + "\n, ".join(rest) if rest else ""  # as either may end with a comment


def drops_of(text: str) -> tuple[KeptDrop, ...]:
    """The tables, columns and sequences that a statement drops, which can be kept.

    >>> from qb.kit.running.keeping.dropping import drops_of
    >>> [each.loss for each in drops_of('ALTER TABLE app."Quotes" DROP COLUMN IF EXISTS total, DROP CONSTRAINT x')]
    ['drop-column:app.Quotes.total']
    """
    said = said_lexemes(text)
    if is_word(said, 0, "DROP") and word_at(said, 1) in ("TABLE", "SEQUENCE"):
        kind: KeptKind = "table" if is_word(said, 1, "TABLE") else "sequence"
        return tuple(KeptDrop(kind, each) for each in _names(said[2:]))
    altered = altered_table(text)
    if altered is None:
        return ()
    found = ((dropped_column(each), each) for each in altered.actions)
    return tuple(KeptDrop("column", altered.name, column) for column, _ in found if column is not None)


def dropped_types(text: str) -> tuple[SqlName, ...]:
    """The types that a DROP TYPE or DROP DOMAIN drops."""
    said = said_lexemes(text)
    if is_word(said, 0, "DROP") and word_at(said, 1) in ("TYPE", "DOMAIN"):
        return tuple(_names(said[2:]))
    return ()


def created_table(text: str) -> SqlName | None:
    """The table that a CREATE TABLE makes."""
    said = said_lexemes(text)
    place = 1
    while word_at(said, place) == "UNLOGGED":
        place += 1
    if not (is_word(said, 0, "CREATE") and is_word(said, place, "TABLE")):
        return None
    return next(_names(_without_exists(said[place + 1 :])), None)


def inserted_table(text: str) -> SqlName | None:
    """The table that an INSERT is into."""
    said = said_lexemes(text)
    if not (is_word(said, 0, "INSERT") and is_word(said, 1, "INTO")):
        return None
    return next(_names(said[2:]), None)


def altered_table(text: str) -> AlterTable | None:
    """An ALTER TABLE in its parts; None of anything else."""
    whole = list(placed_lexemes(text))
    said = [each for _, each in whole]
    if not (is_word(said, 0, "ALTER") and is_word(said, 1, "TABLE")):
        return None
    rest = without_only(said[2:])
    begin = len(said) - len(rest)
    name, after = leading_name(rest)
    begin += len(rest) - len(after)
    if begin < len(said) and said[begin].text == "*":
        begin += 1
    if begin >= len(said):
        return None
    actions: list[str] = []
    start, depth = whole[begin][0], 0
    for place, each in whole[begin:]:
        depth += (each.text in ("(", "[")) - (each.text in (")", "]"))
        if each.text == "," and not depth:
            actions.append(text[start:place].strip())
            start = place + 1
    actions.append(text[start:].strip())
    only = any(is_word([each], 0, "ONLY") for each in said[2 : len(said) - len(rest)])
    return AlterTable(name, text[: whole[begin][0]], tuple(actions), only)


def attached_table(action: str) -> SqlName | None:
    """The table that an action makes a partition."""
    said = said_lexemes(action)
    if not (is_word(said, 0, "ATTACH") and is_word(said, 1, "PARTITION")):
        return None
    return leading_name(said[2:])[0]


def dropped_column(action: str) -> str | None:
    """The column that an action drops."""
    said = said_lexemes(action)
    if not is_word(said, 0, "DROP") or word_at(said, 1) in (*_NO_COLUMN, "DEFAULT", "NOT"):
        return None
    rest = without_only(said[2:] if is_word(said, 1, "COLUMN") else said[1:])
    return unquoted(rest[0].text) if rest else None


def added_column(action: str) -> str | None:
    """The column that an action adds."""
    said = said_lexemes(action)
    if not is_word(said, 0, "ADD") or word_at(said, 1) in _NO_COLUMN:
        return None
    rest = _without_exists(said[2:] if is_word(said, 1, "COLUMN") else said[1:])
    return unquoted(rest[0].text) if rest else None


def why_not_kept(text: str, name: str) -> str | None:
    """Why what a statement loses cannot be kept; None where it can, or nothing is lost by it."""
    kind = name.partition(":")[0]
    drops = drops_of(text)
    if drops and all(each.name.parts[0].startswith(SET_ASIDE) for each in drops):
        return None  # its rows have gone over by then
    words = [each.text.upper() for each in said_lexemes(text) if each.kind == "word"]
    if kind in _WHY:
        return _WHY[kind]
    if words[:1] == ["DROP"] and words[-1] == "CASCADE" and kind != "drop-sequence":
        return _CASCADE
    if any(same_loss(each.loss) == same_loss(name) for each in drops_of(text)):
        return _CASCADE if "CASCADE" in words else None
    if words[:1] == ["DROP"] and kind in ("drop-type", "drop-schema"):
        return None  # without CASCADE nothing with rows goes
    if words[:3] == ["DROP", "FOREIGN", "TABLE"]:
        return None  # its rows are not here
    return "it is known by its name alone, not by a statement of its own"


def said_lexemes(text: str) -> list[Lexeme]:
    """A statement without its comments and spaces."""
    return [each for each in lexemes(text) if each.said]


def placed_lexemes(text: str) -> Iterator[tuple[int, Lexeme]]:
    """The same, each with the place where it begins."""
    place = 0
    for each in lexemes(text):
        if each.said:
            yield place, each
        place += len(each.text)


def _without_exists(said: Sequence[Lexeme]) -> Sequence[Lexeme]:
    while word_at(said, 0) in ("IF", "NOT", "EXISTS"):
        said = said[1:]
    return said


def leading_name(said: Sequence[Lexeme]) -> tuple[SqlName, Sequence[Lexeme]]:
    """The name that begins here, and what follows it."""
    _, rest = name_from(said)
    parts = [unquoted(each.text) for each in said[: len(said) - len(rest)] if each.text != "."]
    return SqlName(tuple(parts)), rest


def _names(said: Sequence[Lexeme]) -> Iterator[SqlName]:
    count = len(list(names_from(said)))
    rest = without_only(said)
    for _ in range(count):
        name, rest = leading_name(rest)
        yield name
        rest = rest[1:] if rest and rest[0].text == "*" else rest
        rest = without_only(rest[1:])
