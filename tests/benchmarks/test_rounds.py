"""Turns, calibration and data, without a server and without a clock."""

from collections.abc import Sequence
from uuid import UUID

from benchmarks import data
from benchmarks.contender import Operation
from benchmarks.data import Sizes
from benchmarks.model import NewTicket
from benchmarks.rounds import arguments, calibrate

SMALL = Sizes(tickets=60, tickets_with_tasks=40, bulk=5, convert=50, stream=60)


def test_calibration_ends_at_the_first_turn_that_is_long_enough() -> None:
    asked: list[int] = []

    def turn(calls: int) -> float:
        asked.append(calls)
        return calls * 0.0001

    calls = calibrate(turn, 0.02)
    assert calls * 0.0001 >= 0.02
    assert calls <= 230, "not many more than needed"
    assert asked[0] > 5, "psycopg prepares by itself from the sixth execution on"


def test_calibration_survives_a_clock_that_stands_still() -> None:
    took = iter([0.0, 0.0, 0.0, 1.0])
    assert calibrate(lambda _: next(took), 0.02) == 100


def test_everybody_gets_the_same_arguments_in_a_round() -> None:
    many = arguments(Operation.SINGLE_FETCH, SMALL, 10, 3)
    assert arguments(Operation.SINGLE_FETCH, SMALL, 4, 3) == many[:4]
    assert arguments(Operation.SINGLE_FETCH, SMALL, 10, 4) != many


def test_rows_to_insert_come_in_the_contenders_own_type_and_never_twice() -> None:
    seen: list[UUID] = []

    def own(rows: Sequence[NewTicket]) -> str:
        seen.extend(row.public_id for row in rows)
        return "my own"

    assert arguments(Operation.BULK_INSERT, SMALL, 3, 1, own) == ["my own"] * 3
    assert len(set(seen)) == 3 * SMALL.bulk


def test_rows_are_functions_of_their_number() -> None:
    assert data.ticket(7) == data.ticket(7)
    assert data.ticket(7) != data.ticket(8)
    assert list(data.new_tasks(SMALL)) == list(data.new_tasks(SMALL))


def test_a_project_has_twenty_tickets_and_every_task_one_ticket() -> None:
    found = [row for project in (1, 2, 3) for row in data.with_tasks(SMALL, project)]
    assert [row.ticket.id for row in found] == list(range(1, 61))
    assert sum(row.task_count for row in found) == len(list(data.new_tasks(SMALL)))
    assert all(row.done_count == sum(task.done for task in row.tasks) for row in found)


def test_new_rows_belong_to_projects_that_exist() -> None:
    assert {row.project_id for row in data.bulk_rows(SMALL)} <= set(range(1, SMALL.projects + 1))
