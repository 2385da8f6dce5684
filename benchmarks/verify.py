"""Before anything is timed: does every contender return the rows that are in the database?

What is expected comes from `data`, not from a contender, so no contender is the judge of the others.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import zip_longest

from benchmarks import data
from benchmarks.contender import Operation
from benchmarks.data import Sizes
from benchmarks.database import Database
from benchmarks.model import Plain, plain_row, plain_ticket
from benchmarks.seat import Seat

# Each of these tickets has something of its own: first, last, without and with NULL, tags, labels.
FETCHED = (1, 2, 3, 7, 20, 21)
PROJECTS = (1, 2, 3)
STREAM_STEP = 20


class Mismatch(Exception):
    """A contender returned something else than the others."""

    def __init__(self, contender: str, operation: Operation, row: int, difference: str) -> None:
        super().__init__(f"{contender} returned something else for {operation}, first in row {row}: {difference}")
        self.contender = contender
        self.operation = operation
        self.row = row
        self.difference = difference


def verify(seat: Seat, operation: Operation, database: Database) -> None:
    """Raises Mismatch. A stream is verified where it is measured, in the process of its own: see `verify_stream`."""
    sizes = database.sizes
    contender = seat.contender
    plain = contender.plain
    match operation:
        case Operation.SINGLE_FETCH:
            for number in (*FETCHED, sizes.convert):
                row = plain(seat.call(operation, number))
                compare(contender.name, operation, [plain_ticket(data.ticket(number))], [row])
        case Operation.BULK_INSERT:
            database.forget_inserted()
            rows = data.bulk_rows(sizes)
            seat.call(operation, contender.own(rows))
            compare(contender.name, operation, map(plain_ticket, rows), database.inserted())
            database.forget_inserted()
        case Operation.COMPLEX_JOIN:
            for project_id in PROJECTS[: sizes.projects_with_tasks]:
                found = map(plain, seat.call(operation, project_id))
                compare(contender.name, operation, map(plain_row, data.with_tasks(sizes, project_id)), found)
        case Operation.CONVERT:
            found = map(plain, seat.call(operation, sizes.convert))
            compare(contender.name, operation, first_tickets(sizes.convert), found)
        case Operation.STREAM:
            pass


@cache
def first_tickets(count: int) -> Sequence[Plain]:
    return [plain_ticket(data.ticket(number)) for number in range(1, count + 1)]


def verify_stream(seat: Seat, sizes: Sizes) -> None:
    """Every row's key, and every twentieth row whole: `convert` has compared the same rows one by one."""
    contender = seat.contender
    numbers = iter(range(1, sizes.stream + 1))

    def visit(row: object) -> None:
        number = next(numbers, None)
        plain = contender.plain(row)
        if number is None or plain["id"] != number:
            wanted = "the end" if number is None else f"ticket {number}"
            raise Mismatch(
                contender.name, Operation.STREAM, number or sizes.stream + 1, f"{plain!r} instead of {wanted}"
            )
        if number % STREAM_STEP == 1:
            compare(contender.name, Operation.STREAM, [plain_ticket(data.ticket(number))], [plain], first=number)

    rows, _ = seat.stream(sizes.stream, visit)
    if rows != sizes.stream:
        raise Mismatch(contender.name, Operation.STREAM, rows + 1, f"{rows} rows instead of {sizes.stream}")


def compare(
    contender: str, operation: Operation, expected: Iterable[Plain], found: Iterable[Plain], *, first: int = 1
) -> None:
    for row, (want, have) in enumerate(zip_longest(expected, found), start=first):
        if want is None or have is None:
            raise Mismatch(contender, operation, row, "a row too many" if want is None else "a row is missing")
        difference = "; ".join(differences(want, have))
        if difference:
            raise Mismatch(contender, operation, row, difference)


def differences(want: Plain, have: Plain) -> Iterator[str]:
    for name in want.keys() | have.keys():
        if name not in have:
            yield f"no {name}"
        elif name not in want:
            yield f"an unexpected {name}"
        # `True == 1` in Python, but a boolean that came as a number was not decoded.
        elif want[name] != have[name] or isinstance(want[name], bool) != isinstance(have[name], bool):
            yield f"{name} is {have[name]!r} instead of {want[name]!r}"
