"""Queries and typed rows on a terminal, in plain text."""

import datetime as dt
import re
import textwrap
from collections.abc import Iterable
from enum import Enum
from typing import cast
from uuid import UUID

import msgspec

from qb import Failure, Success, compile
from qb.query.statement import Statement

_WIDTH = 118
_COLUMN = r'(?:CAST\()?"{table}"\."\w+"(?: AS text\))?'
_COLUMNS = re.compile(
    _COLUMN.format(table=r"(?P<table>\w+)") + "(?:, " + _COLUMN.format(table="(?P=table)") + r"){4,}(?![\w.])"
)


def _counted(columns: re.Match[str]) -> str:
    return f"/* {columns[0].count(', ') + 1} columns of {columns['table']} */"


def heading(title: str) -> None:
    """A line that begins something new."""
    print(f"\n== {title}")


def statement(query: Statement) -> None:
    """The SQL of a query as it is sent, but for long lists of one table's columns, which are counted."""
    for line in _COLUMNS.sub(_counted, str(compile(query))).splitlines():
        for part in textwrap.wrap(line, _WIDTH, initial_indent="  ", subsequent_indent="      "):
            print(part)


def lines(results: Iterable[str], *, more: int = 0) -> None:
    """What came back, each on a line of its own."""
    for result in results:
        print(textwrap.fill(result, _WIDTH, initial_indent="  -> ", subsequent_indent="     "))
    if more > 0:
        print(f"     and {more:,} more")


def brief(value: object) -> str:
    """A value as a reader wants it: the class, and those fields that say something; times and UUIDs are left out."""
    match value:
        case Success():
            return f"Success({brief(cast('Success[object]', value).unwrap())})"
        case Failure():
            return f"Failure({cast('Failure[object]', value).failure()!r})"
        case msgspec.Raw():
            return bytes(value).decode()
        case msgspec.Struct():
            fields = msgspec.structs.asdict(value).items()
            told = [f"{name}={brief(each)}" for name, each in fields if _says_something(each)]
            return f"{type(value).__name__}({', '.join(told)})"
        case tuple():
            return f"({', '.join(map(brief, cast('tuple[object, ...]', value)))})"
        case list():
            items = cast("list[object]", value)
            return f"[{', '.join(map(brief, items[:2]))}{f', {len(items) - 2:,} more' if len(items) > 2 else ''}]"
        case Enum():
            return str(value)
        case _:
            return repr(value)


def _says_something(value: object) -> bool:
    return value not in (None, "", [], {}) and not isinstance(value, dt.datetime | UUID)
