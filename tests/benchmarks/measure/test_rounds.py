"""Turns, calibration and data, without a server and without a clock."""

from itertools import islice
from random import Random

from benchmarks.data import rows as data
from benchmarks.data.rows import CHILDREN, Sizes
from benchmarks.measure.rounds import Pace, calibrate, rounds_of
from benchmarks.suites.operations import single_fetch

SMALL = Sizes(tickets=60, tickets_with_tasks=60, bulk=5, convert=50, stream=60, nested=10)


def test_calibration_ends_at_the_first_turn_that_is_long_enough() -> None:
    asked: list[int] = []

    def turn(calls: int) -> float:
        asked.append(calls)
        return calls * 0.0001

    calls = calibrate(turn, 0.02)
    assert calls * 0.0001 >= 0.02
    assert calls <= 230, "not many more than needed"
    assert any(each > 5 for each in asked[:2]), "psycopg prepares by itself from the sixth execution on"


def test_calibration_survives_a_clock_that_stands_still() -> None:
    took = iter([0.0, 0.0, 0.0, 0.0, 1.0])
    assert calibrate(lambda _: next(took), 0.02) == 100


def test_what_takes_long_is_called_once() -> None:
    asked: list[int] = []

    def turn(calls: int) -> float:
        asked.append(calls)
        return calls * 3.0

    assert calibrate(turn, 0.02) == 1
    assert asked == [1]


def test_there_are_as_many_rounds_as_there_is_time_for() -> None:
    pace = Pace(case_seconds=10, least=5, most=40)
    assert [rounds_of(pace, seconds) for seconds in (0, 0.01, 0.5, 2.5, 100)] == [40, 40, 20, 5, 3]


def test_everybody_gets_the_same_arguments_in_a_round() -> None:
    arguments = single_fetch(SMALL).arguments
    many = arguments(Random("3"), 10)
    assert arguments(Random("3"), 4) == many[:4]
    assert arguments(Random("4"), 10) != many


def test_new_rows_are_never_twice_the_same() -> None:
    templates = data.templates(SMALL)
    count = len(templates) + 5
    first, second = (list(data.made(templates, count, call)) for call in (1, 2))
    assert len({row.public_id for row in (*first, *second)}) == 2 * count
    assert first[count - 5].title == first[0].title, "templates come again"
    assert str(second[3].public_id) == "00000002-0000-4000-8000-000000000003", "as other languages make them"


def test_rows_are_functions_of_their_number() -> None:
    assert data.ticket(7) == data.ticket(7)
    assert data.ticket(7) != data.ticket(8)
    assert list(data.new_tasks(SMALL)) == list(data.new_tasks(SMALL))


def test_points_in_time_are_whole_milliseconds() -> None:
    assert all(data.ticket(number).updated_at.microsecond % 1_000 == 0 for number in range(1, 50))


def test_a_project_has_twenty_tickets_and_every_task_one_ticket() -> None:
    found = [row for project in (1, 2, 3) for row in data.with_tasks(SMALL, project)]
    assert [row.ticket.id for row in found] == list(range(1, 61))
    assert sum(row.task_count for row in found) == len(list(data.new_tasks(SMALL)))
    assert all(row.done_count == sum(task.done for task in row.tasks) for row in found)


def test_parents_have_ten_children_each() -> None:
    found = data.nested(SMALL)
    assert [row.id for row in found] == list(range(51, 61))
    assert {len(row.tasks) for row in found} == {CHILDREN}


def test_new_rows_belong_to_projects_that_exist() -> None:
    assert {row.project_id for row in islice(data.templates(SMALL), 9)} <= set(range(1, SMALL.projects + 1))
