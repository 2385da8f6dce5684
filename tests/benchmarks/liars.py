"""Peers that lie, each about one thing: verification has to catch them."""

from collections.abc import Iterator, Sequence

import msgspec

from benchmarks.data.model import NewTicket, TaskItem, Ticket, TicketWithTasks
from benchmarks.peers.by_hand import ByHand


class WrongTitle(ByHand):
    def single_fetch(self, ticket_id: int) -> Ticket:
        return msgspec.structs.replace(super().single_fetch(ticket_id), title="something else")


class InsertsLess(ByHand):
    def bulk_insert(self, rows: Sequence[NewTicket]) -> None:
        super().bulk_insert(rows[:-1])


class ForgetsTasks(ByHand):
    def complex_join(self, project_id: int) -> list[TicketWithTasks]:
        nothing: list[TaskItem] = []
        return [msgspec.structs.replace(row, tasks=nothing) for row in super().complex_join(project_id)]


class SwapsRows(ByHand):
    def convert(self, count: int) -> list[Ticket]:
        first, second, *others = super().convert(count)
        return [second, first, *others]


class DropsLast(ByHand):
    def stream(self, count: int) -> Iterator[Ticket]:
        return super().stream(count - 1)


class TagsAsText(ByHand):
    """Not decoded at all, which would be quick."""

    def stream(self, count: int) -> Iterator[Ticket]:
        return (msgspec.structs.replace(row, tags=str(row.tags)) for row in super().stream(count))


class IdsAsText(ByHand):
    """As they travel in JSON, so that nothing differs there."""

    def single_fetch(self, ticket_id: int) -> Ticket:
        row = super().single_fetch(ticket_id)
        return msgspec.structs.replace(row, public_id=str(row.public_id))


class Breaks(ByHand):
    def single_fetch(self, ticket_id: int) -> Ticket:
        raise RuntimeError("out of order")


class Ends(ByHand):
    def single_fetch(self, ticket_id: int) -> Ticket:
        raise SystemExit("gone home")
