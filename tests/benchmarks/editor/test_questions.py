"""What a language server answers while a query is written: what is offered, what is shown, where it leads."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.editor.language_server import language_server
from benchmarks.editor.project import write
from benchmarks.editor.questions import POINTED, TYPED, Answered, ask

ROOT = Path(__file__).resolve().parents[3]
SERVERS = ("basedpyright-langserver", "pyright-langserver")

COLUMNS = [
    "created_at", "updated_at", "id", "owner_id", "parent_id", "name", "code", "status", "kind", "rank", "price",
    "quantity", "due", "tags", "settings",
]  # fmt: skip
ARGUMENTS = [f"{name}=" for name in COLUMNS]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=SERVERS)
def answers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Answered]:
    program = Path(sys.executable).parent / str(request.param)
    folder = tmp_path_factory.mktemp("project")
    write(folder, ROOT)
    with language_server((str(program), "--stdio"), folder) as server:
        return ask(server, folder)


Answer = Callable[[str, str], Answered]


@pytest.fixture
def answer(answers: list[Answered]) -> Answer:
    def found(kind: str, where: str) -> Answered:
        (one,) = (each for each in answers if each.kind == kind and each.where.startswith(where))
        return one

    return found


def test_everything_is_asked(answers: list[Answered]) -> None:
    assert len(answers) == 1 + len(TYPED) + len(POINTED)


@pytest.mark.parametrize("typed", ["new(Person)(", "NewPerson(", "Person("])
def test_a_constructor_offers_its_columns(typed: str, answers: list[Answered]) -> None:
    (one,) = (each for each in answers if each.kind == "completion" and each.where == typed)
    assert one.keywords == ARGUMENTS


def test_what_is_given_is_not_offered_again(answer: Answer) -> None:
    assert answer("completion", 'NewPerson(name="Ada", ').keywords == [each for each in ARGUMENTS if each != "name="]


def test_the_widest_table_offers_all_of_its_columns(answer: Answer) -> None:
    answers = [f"answer_{number:02}=" for number in range(1, 46)]
    assert answer("completion", "NewStudioVisit(").keywords == ARGUMENTS + answers
    assert answer("completion", "StudioVisit(").keywords == ARGUMENTS + answers


@pytest.mark.parametrize(
    "typed", ["patch(", "patch(Person)(", "ChangedPerson(", "replace(person, ", "row(Person, ", 'sql("", ', "select("]
)
def test_no_argument_is_offered_that_is_none(typed: str, answers: list[Answered]) -> None:
    (one,) = (each for each in answers if each.kind == "completion" and each.where == typed)
    assert one.keywords == []
    assert one.lines


@pytest.mark.parametrize("typed", ["Person.", "person.", "select(Person."])
def test_a_class_and_a_row_offer_their_columns(typed: str, answers: list[Answered]) -> None:
    (one,) = (each for each in answers if each.kind == "completion" and each.where == typed)
    assert set(COLUMNS) <= set(one.lines)


def test_a_name_that_is_begun_and_a_query_offer_what_goes_on(answer: Answer) -> None:
    assert "name" in answer("completion", "Person.na").lines
    assert {"where", "left_join", "order_by", "limit", "map"} <= set(answer("completion", "query.").lines)


def test_what_is_shown_of_a_factory_names_the_table_and_its_columns(answer: Answer) -> None:
    shown = answer("hover", "NewPerson in").lines
    assert shown[0] == "(variable) def NewPerson("
    assert [line.split(":")[0].strip() for line in shown[2 : 2 + len(COLUMNS)]] == COLUMNS
    assert shown[2 + len(COLUMNS)] == ") -> New[Person]"
    made = answer("hover", "made").lines[0]
    assert made.startswith("(variable) made: NewFactory[(*, created_at: datetime = fn.now(), ")
    assert made.endswith(", Person]")
    assert answer("hover", "new in").lines[0] == (
        "(function) def new(table: (**Columns@new) -> Row@new) -> NewFactory[Columns@new, Row@new]"
    )


def test_what_is_shown_of_a_query_a_row_and_a_column(answer: Answer) -> None:
    assert answer("hover", "query").lines[0] == "(variable) query: Select[tuple[PersonId, PeopleItem | None]]"
    assert answer("hover", "person").lines[0] == "(parameter) person: Person"
    assert answer("hover", "parent_id").lines[0] == "(variable) parent_id: Column[PersonId | None]"


def test_definitions_are_found_in_the_table(answer: Answer) -> None:
    assert answer("definition", 'name in Person(name="Ada"').lines == [
        "people.py: name: Col[str] = column(pg.varchar(80))"
    ]
    assert answer("definition", "NewPerson in").lines == ["people.py: NewPerson = new(Person)"]
    assert answer("definition", "parent_id").lines == [
        "people.py: parent_id: Col[PersonId | None] = column(references=Person.id, default=None)"
    ]


def test_arguments_of_a_factory_lead_nowhere_yet(answer: Answer) -> None:
    """The server looks for them in functions and classes alone; docs/types-and-checkers.md says so."""
    assert answer("definition", "name in NewPerson(").lines == []


def test_diagnostics_are_of_the_one_mistake_and_say_both_types(answers: list[Answered]) -> None:
    (one,) = (each for each in answers if each.kind == "diagnostics")
    assert one.lines
    assert [line for line in one.lines if "Mismatch[str, int]" not in line and "deprecated" not in line] == []
