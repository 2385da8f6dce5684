"""JSON Schema and OpenAPI of all rows, bodies and documents: whole, and true of what programs send."""

from collections.abc import Iterator
from typing import Any, cast

import msgspec
import pytest

from promptliano.documents import AgentConfiguration, Anthropic
from promptliano.ids import ProjectId
from qb import Tx, json_schema, unwrap
from tables.promptliano import api, schema
from tables.promptliano.repository import agents, tickets
from tests.tables.promptliano import make


def references(schema: object) -> Iterator[str]:
    waiting: list[object] = [schema]
    while waiting:
        each: Any = waiting.pop()
        if isinstance(each, dict):
            waiting += cast("dict[str, object]", each).values()
            yield from (str(value) for name, value in cast("dict[str, object]", each).items() if name == "$ref")
        elif isinstance(each, list):
            waiting += cast("list[object]", each)


def test_every_table_row_body_and_document_is_there() -> None:
    found = api.components()
    names = {kind.__name__ for kind in api.ROWS}
    assert len(names) == len(schema.tables) == 13
    assert names | {kind.__name__ for kind in (*api.ANSWERS, *api.DOCUMENTS)} <= found.keys()
    assert {f"New{name}" for name in names} <= found.keys()
    assert {f"Patch{name}" for name in names - {"ChatMessage", "SelectedFile"}} <= found.keys()


def test_every_reference_leads_somewhere() -> None:
    found = api.components()
    prefix = "#/components/schemas/"
    missing = {name for name in references(found) if name.removeprefix(prefix) not in found}
    assert missing == set()
    assert msgspec.json.decode(msgspec.json.encode(found)) == found


@pytest.mark.parametrize("kind", [*api.ROWS, *api.BODIES, *api.ANSWERS, *api.DOCUMENTS], ids=lambda kind: kind.__name__)
def test_each_has_a_schema_that_is_whole_by_itself(kind: type[object]) -> None:
    whole: Any = json_schema(kind)
    assert {name.removeprefix("#/$defs/") for name in references(whole)} <= whole["$defs"].keys()


def test_a_new_ticket_needs_what_has_no_default() -> None:
    new: Any = api.components()["NewTicket"]
    assert new["required"] == ["project_id", "title"]
    assert new["properties"]["status"]["enum"] == ["archived", "completed", "in_progress", "open"]
    assert new["additionalProperties"] is False


def test_unions_say_by_what_they_are_told_apart() -> None:
    found: Any = api.components()
    model = found["AgentConfiguration"]["properties"]["model"]
    assert model["discriminator"]["propertyName"] == "provider"
    assert found["Setting"]["properties"]["value"]["discriminator"]["propertyName"] == "kind"


def test_a_body_a_row_and_the_answer_are_one_shape(tx: Tx) -> None:
    """From JSON to the database and back to JSON, end to end."""
    project = make.project(tx)
    body = {"project_id": project.id, "title": "From a body", "tags": ["api"], "metadata": {"source": "web"}}
    row = unwrap(tickets.create(tx, msgspec.convert(body, cast("Any", api.BODIES[1]))))
    answer = msgspec.json.decode(msgspec.json.encode(row))
    properties: Any = cast("Any", api.components()["Ticket"])["properties"]
    assert answer.keys() == properties.keys()
    assert {name: answer[name] for name in body} == body
    assert ProjectId(answer["project_id"]) == project.id


def test_a_document_of_before_is_read_in_the_shape_of_today(tx: Tx) -> None:
    made = make.agent(tx)
    make.stored(tx, """UPDATE agents SET configuration = '{"provider": "anthropic", "model": "m", "max_tokens": 9}'""")
    assert unwrap(agents.by_slug(tx, made.slug)).configuration == AgentConfiguration(Anthropic("m", 9))
