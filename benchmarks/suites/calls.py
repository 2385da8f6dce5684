"""Arguments and expected rows that several suites share."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from random import Random

from benchmarks.data import rows as data
from benchmarks.data.model import NewTicket, Plain, plain_row, plain_ticket
from benchmarks.data.rows import Sizes
from benchmarks.suites.case import Check

# Each of these tickets has something of its own: first, last, without and with NULL, tags, labels.
FETCHED = (1, 2, 3, 7, 20, 21)
KEYS = 10_000
"""Single rows are of the first keys: their pages are warm."""


def keys(sizes: Sizes) -> Callable[[Random, int], Sequence[object]]:
    last = min(KEYS, sizes.tickets)
    return lambda random, calls: [random.randint(1, last) for _ in range(calls)]


def lists_of_keys(sizes: Sizes, length: int, *first: object) -> Callable[[Random, int], Sequence[object]]:
    """Of each call, after what comes before them."""
    one = keys(sizes)

    def of(random: Random, calls: int) -> Sequence[object]:
        return [[*first, one(random, length)] for _ in range(calls)]

    return of


def always(argument: object) -> Callable[[Random, int], Sequence[object]]:
    return lambda _, calls: [argument] * calls


def fetched(sizes: Sizes) -> Sequence[Check]:
    return [Check(number, expected(ticket, number)) for number in (*FETCHED, min(KEYS, sizes.tickets))]


def fetched_together(length: int, *first: object) -> Check:
    """The first tickets in an order of their own, by one call."""
    numbers = Random(length).sample(range(1, length + 1), length)

    def of() -> Iterable[Plain]:
        return [plain_ticket(data.ticket(number)) for number in numbers]

    return Check([*first, numbers], of)


def ticket(number: int) -> Sequence[Plain]:
    return [plain_ticket(data.ticket(number))]


def expected(of: Callable[[int], Iterable[Plain]], number: int) -> Callable[[], Iterable[Plain]]:
    return lambda: of(number)


def tickets(count: int, argument: object = None, *, step: int = 1) -> Check:
    """All of them in order, or one of `step`."""
    return Check(count if argument is None else argument, lambda: first_tickets(count, step), count=count, step=step)


@cache
def first_tickets(count: int, step: int) -> Sequence[Plain]:
    return [plain_ticket(data.ticket(number)) for number in range(1, count + 1, step)]


def new_rows(sizes: Sizes, count: int, call: int = 0) -> Iterable[NewTicket]:
    return data.made(all_templates(sizes), count, call)


@cache
def all_templates(sizes: Sizes) -> Sequence[NewTicket]:
    return data.templates(sizes)


def with_tasks(sizes: Sizes, project_id: int) -> Iterable[Plain]:
    return map(plain_row, data.with_tasks(sizes, project_id))


def up_to(most: int, *sizes: int) -> Sequence[int]:
    """Those that are no larger."""
    return sorted({min(size, most) for size in sizes})
