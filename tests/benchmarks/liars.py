"""Contenders that lie, each about one thing: verification has to catch them."""

from collections.abc import Iterator, Sequence

import msgspec

from benchmarks.by_hand import ByHand
from benchmarks.model import NewTicket, TaskItem, Ticket, TicketWithTasks


class Liar(ByHand):
    name = "liar"
    by_hand = False


class WrongTitle(Liar):
    def single_fetch(self, ticket_id: int) -> Ticket:
        return msgspec.structs.replace(super().single_fetch(ticket_id), title="something else")


class InsertsLess(Liar):
    def bulk_insert(self, rows: Sequence[NewTicket]) -> None:
        super().bulk_insert(rows[:-1])


class ForgetsTasks(Liar):
    def complex_join(self, project_id: int) -> list[TicketWithTasks]:
        nothing: list[TaskItem] = []
        return [msgspec.structs.replace(row, tasks=nothing) for row in super().complex_join(project_id)]


class SwapsRows(Liar):
    def convert(self, count: int) -> list[Ticket]:
        first, second, *others = super().convert(count)
        return [second, first, *others]


class DropsLast(Liar):
    def stream(self, count: int) -> Iterator[Ticket]:
        return super().stream(count - 1)


class TagsAsText(Liar):
    """Not decoded at all, which would be quick."""

    def stream(self, count: int) -> Iterator[Ticket]:
        return (msgspec.structs.replace(row, tags=str(row.tags)) for row in super().stream(count))
