"""What becomes of one key of a document, and the SQL of it: strict, so that no value is changed in silence.

https://www.postgresql.org/docs/current/functions-json.html
"""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

import msgspec

from qb.kit.promoting.errors import CannotPromote
from qb.render.literals import string_literal
from qb.types.identifier import quoted

JsonKind: TypeAlias = Literal["string", "number", "boolean", "any"]
"""What of JSON can be a value of a type."""

_NAME: Final = r'(?:"(?:[^"]|"")+"|[A-Za-z_]\w*)'
_WORDS: Final = r"(?: precision| varying)?(?:\(\d+(?:, ?\d+)?\))?(?: with(?:out)? time zone)?"
_TYPE: Final = re.compile(rf"{_NAME}(?:\.{_NAME})?{_WORDS}")
_STEP: Final = re.compile(r'\.?(?:"((?:[^"\\]|\\.)*)"|([^.\["\]]+))|\[(-?\d+)\]')
_NUMBERS: Final = re.compile(r"(smallint|int[248]?|integer|bigint|numeric|decimal|real|float[48]?|double precision)\b")
_DAYS: Final = re.compile(r"(date|timestamp(tz)?)\b")
_TIMES: Final = re.compile(r"time(tz)?\b")
_ZONED: Final = re.compile(r"timestamptz\b|timestamp\b.* with time zone")
_CLOCK: Final = r"'^\d\d:'"
_DAY: Final = r"'^\d{4}-\d\d-\d\d([T ]|$)'"
_ZONE: Final = r"':\d\d[0-9.:]*(Z|z|[+-]\d\d(:?\d\d)?)$'"
_PYTHON: Final = {
    **dict.fromkeys(("bigint", "int8"), ("int", "pg.bigint")),
    **dict.fromkeys(("integer", "int", "int4"), ("int", "pg.integer")),
    **dict.fromkeys(("smallint", "int2"), ("int", "pg.smallint")),
    **dict.fromkeys(("double precision", "float8"), ("float", "pg.double_precision")),
    **dict.fromkeys(("boolean", "bool"), ("bool", "pg.boolean")),
    **dict.fromkeys(("timestamptz", "timestamp with time zone"), ("dt.datetime", "pg.timestamptz")),
    "text": ("str", "pg.text"),
    "numeric": ("Decimal", "pg.numeric"),
    "uuid": ("UUID", "pg.uuid"),
    "date": ("dt.date", "pg.date"),
}


class Promotion(msgspec.Struct, frozen=True, kw_only=True):
    """A key of a document that becomes a column."""

    schema: str
    table: str
    document: str
    path: tuple[str, ...]
    column: str
    type: str
    keys: tuple[tuple[str, str], ...]
    """The columns of the primary key, and their types."""

    @property
    def title(self) -> str:
        """What is said of it."""
        return f"{self.name}.{self.column}"

    @property
    def name(self) -> str:
        """The table as people call it."""
        return self.table if self.schema == "public" else f"{self.schema}.{self.table}"

    @property
    def relation(self) -> str:
        """The table as SQL."""
        return f"{quoted(self.schema)}.{quoted(self.table)}"

    @property
    def kind(self) -> JsonKind:
        """What of JSON it is made of."""
        small = self.type.lower()
        if small in ("jsonb", "json"):
            return "any"
        if small in ("boolean", "bool"):
            return "boolean"
        return "number" if _NUMBERS.match(small) else "string"

    def found(self, row: str = "") -> str:
        """What a row has at the path, as jsonb: NULL where there is nothing."""
        at = ", ".join(map(string_literal, self.path))
        return f"({row}{quoted(self.document)} #> ARRAY[{at}]::text[])"

    def fits(self, value: str) -> str:
        """Whether a jsonb is a value of the type, which is the same once it is one."""
        text, small = self.text(value), self.type.lower()
        if self.kind == "any":
            return "true"
        valid = f"pg_catalog.pg_input_is_valid({text}, {string_literal(self.type)})"
        if self.kind == "number":
            same = f"{text}::pg_catalog.numeric = {text}::{self.type}::pg_catalog.numeric"
            valid = f"CASE WHEN {valid} THEN {same} END"
        if _DAYS.match(small):  # 'now' would be one, too
            valid += f" AND {text} ~ {_DAY}"
        if _TIMES.match(small):
            valid += f" AND {text} ~ {_CLOCK}"
        if _ZONED.match(small):  # or it would be one of the session's zone
            valid += f" AND {text} ~ {_ZONE}"
        return f"coalesce(pg_catalog.jsonb_typeof({value}) = {string_literal(self.kind)} AND {valid}, false)"

    def text(self, value: str) -> str:
        """A jsonb as text, without its quotes."""
        return f"({value} #>> ARRAY[]::text[])"

    def cast(self, value: str) -> str:
        """A jsonb as the type."""
        return value if self.kind == "any" else f"{self.text(value)}::{self.type}"

    def holds(self, value: str) -> str:
        """Whether something is there that is not null."""
        return f"coalesce(pg_catalog.jsonb_typeof({value}) <> 'null', false)"

    @property
    def agrees(self) -> str:
        """That the document and the column say the same. Of documents that say nothing the column is NULL."""
        value = self.found()
        said = f"CASE WHEN {self.holds(value)} THEN {self.cast(value)} END"
        return f"{quoted(self.column)} IS NOT DISTINCT FROM {said}"

    @property
    def descriptor(self) -> str:
        """The line that the table's class gets."""
        attribute = self.column if self.column.isidentifier() else re.sub(r"\W", "_", f"c_{self.column}")
        named = "" if attribute == self.column else f", name={self.column!r}"
        python, type_ = _PYTHON.get(self.type.lower(), ("...", f"...  # {self.type}"))
        return (
            f"{attribute}: Col[{python} | None] = column({type_}{named})"
            if python != "..."
            else (f"{attribute}: Col[...]  # {self.type}, may be NULL: qb pull writes it")
        )


def path_of(text: str) -> tuple[str, ...]:
    """A path as people write it: keys with dots between them, places in lists in brackets, any key in quotes.

    Raises `CannotPromote`.

    >>> from qb.kit.promoting.promotion import path_of
    >>> path_of('$.customer.lines[0]."a.b"')
    ('customer', 'lines', '0', 'a.b')
    """
    rest = text.removeprefix("$")
    found: list[str] = []
    place = 0
    while place < len(rest):
        step = _STEP.match(rest, place)
        if step is None or (step[3] is None and found and rest[place] != "."):
            break
        key, plain, index = step.groups()
        if key is not None:
            try:
                key = msgspec.json.decode(f'"{key}"', type=str)
            except msgspec.DecodeError:
                break
        found.append(index if index is not None else plain if plain is not None else key or "")
        place = step.end()
    if place < len(rest) or not found or any("\0" in each for each in found):
        raise CannotPromote(
            text, """this is no path: write customer.id, lines[0].price, or keys of any signs as '$."a.b"'"""
        )
    return tuple(found)


def checked_type(text: str) -> str:
    """A type's name. Raises `CannotPromote` where it is something else."""
    said = " ".join(text.split())
    if not _TYPE.fullmatch(said):
        raise CannotPromote(text, "this is no type of one value: write bigint, numeric(10,2), timestamptz, app.mood")
    return said
