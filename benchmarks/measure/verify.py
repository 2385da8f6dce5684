"""Before a case is timed, or after its first peak of memory: does every peer return the rows that are in the database?

What is expected comes from `data`, not from a peer, so no peer is the judge of the others.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any, cast

import msgspec
import psycopg

from benchmarks.data.database import Database
from benchmarks.data.model import Plain
from benchmarks.measure.seat import Mismatch, Seat
from benchmarks.peers.peer import row_of
from benchmarks.suites.case import Case, Check


def verify(seat: Seat, case: Case, database: Database) -> None:
    """Raises Mismatch."""
    for check in case.checks:
        if case.clean is not None:
            case.clean(database)
        if case.ready is not None:
            case.ready(database, check.argument)
        found = seat.rows(case.method_name, check.argument, check.step)
        if check.sql is not None:
            read(seat.name, case, check.sql, found.rows, database)
        elif check.stored is not None:
            compare(seat.name, case.name, check.expected(), check.stored(database))
        else:
            rows = typed(seat.name, case, check, found.rows)
            compare(seat.name, case.name, check.expected(), rows, step=check.step)
            if check.count is not None and check.count != found.count:
                raise Mismatch(seat.name, case.name, found.count + 1, f"{found.count} rows instead of {check.count}")
    if case.clean is not None:
        case.clean(database)


def read(peer: str, case: Case, wanted: Callable[[str], bool], rows: Sequence[object], database: Database) -> None:
    """SQL that came back."""
    (text,) = rows
    if not isinstance(text, str) or not wanted(text):
        raise Mismatch(peer, case.name, 1, f"this is not the query: {text!r}")
    try:
        database.understands(text)
    except psycopg.Error as error:
        raise Mismatch(peer, case.name, 1, f"the server does not understand it: {error}: {text!r}") from None


def typed(peer: str, case: Case, check: Check, rows: Iterable[object]) -> Iterator[Plain | int]:
    """Rows that came as JSON in the types of what is expected; nothing is read leniently."""
    wanted = row_of(case.method_name)
    for number, row in enumerate(rows):
        try:
            value = msgspec.convert(row, wanted)
        except msgspec.ValidationError as error:
            raise Mismatch(peer, case.name, number * check.step + 1, f"{error}: {row!r}") from None
        yield plain(value) if isinstance(value, msgspec.Struct) else cast(Plain | int, value)


def plain(value: msgspec.Struct) -> Plain:
    found: dict[str, Any] = msgspec.structs.asdict(value)
    return {
        name: each if name in ("public_id", "created_at", "updated_at", "deleted_at") else msgspec.to_builtins(each)
        for name, each in found.items()
    }


def compare(
    peer: str, case: str, expected: Iterable[Plain | int], found: Iterable[Plain | int], *, step: int = 1
) -> None:
    """Raises Mismatch at the first difference."""
    for place, (want, have) in enumerate(zip_longest(expected, found)):
        row = place * step + 1
        if want is None or have is None:
            raise Mismatch(peer, case, row, "a row too many" if want is None else "a row is missing")
        if isinstance(want, int) or isinstance(have, int):
            difference = "" if want == have else f"{have!r} instead of {want!r}"
        else:
            difference = "; ".join(differences(want, have))
        if difference:
            raise Mismatch(peer, case, row, difference)


def differences(want: Plain, have: Plain) -> Iterator[str]:
    for name in want.keys() | have.keys():
        if name not in have:
            yield f"no {name}"
        elif name not in want:
            yield f"an unexpected {name}"
        # `True == 1` in Python, but a boolean that came as a number was not decoded.
        elif want[name] != have[name] or isinstance(want[name], bool) != isinstance(have[name], bool):
            yield f"{name} is {have[name]!r} instead of {want[name]!r}"
