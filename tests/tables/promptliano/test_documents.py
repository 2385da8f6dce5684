"""The JSON documents: each comes back as it went in; a wrong one is refused with its path, wherever it comes from."""

import doctest
from types import ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptliano import guards
from promptliano.documents import (
    AgentConfiguration,
    Anthropic,
    Export,
    Flag,
    Import,
    Local,
    MessageMetadata,
    Number,
    OpenAi,
    Panels,
    Preferences,
    SettingValue,
    Text,
    TicketMetadata,
    TokenUsage,
    ToolCall,
)
from promptliano.guards import Refused, branded, converted, decoded
from promptliano.ids import AgentSlug, ProjectId, SettingKey, TicketId
from qb import Database, DecodeError, Failure, Success, Tx, select, sql, trusted, unwrap
from tables.promptliano.queries import patterns
from tables.promptliano.repository import agents, projects, settings, tickets
from tables.promptliano.tickets import Ticket
from tests.tables.promptliano import make

# PostgreSQL's JSON holds every character but NUL; lone surrogates are no UTF-8.
text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
name = text.filter(bool)
count = st.integers(0, 2**53)
positive = st.integers(1, 2**53)
score = st.floats(-1e9, 1e9, allow_nan=False).map(lambda number: number + 0.0)  # jsonb knows no -0
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=5,
)
extra = st.dictionaries(text, plain, max_size=3)

usage = st.builds(TokenUsage, count, count, count)
models = (
    st.builds(Anthropic, name, positive, st.none() | positive)
    | st.builds(OpenAi, name, positive, st.sampled_from(["low", "medium", "high"]))
    | st.builds(Local, name, st.just("https://localhost:1"), positive)
)
documents = st.one_of(
    st.builds(TicketMetadata, text, score, st.lists(text), extra),
    st.builds(MessageMetadata, st.none() | text, st.none() | usage, st.lists(st.builds(ToolCall, name, extra))),
    st.builds(Import, text, st.lists(text), st.sampled_from(["named", "default", "namespace"])),
    st.builds(Export, text, st.none() | text),
    st.builds(AgentConfiguration, models, st.floats(0, 2), st.lists(name)),
    st.builds(
        Preferences,
        st.sampled_from(["light", "dark", "system"]),
        pinned_projects=st.lists(positive.map(ProjectId)),
        panels=st.builds(Panels, st.booleans(), st.booleans()),
    ),
    st.builds(Flag, st.booleans()) | st.builds(Number, score, text) | st.builds(Text, text),
)


@given(document=documents)
def test_every_document_comes_back_as_it_went_in(promptliano: Database, document: msgspec.Struct) -> None:
    kind = SettingValue if isinstance(document, Flag | Number | Text) else type(document)
    assert msgspec.json.decode(msgspec.json.encode(document), type=kind) == document
    # Through the server, as jsonb, which keeps the document but not its text.
    stored = sql("SELECT {document}::text::jsonb", document=msgspec.json.encode(document).decode()).rows(type(document))
    assert promptliano.scalar(stored) == Success(document)


def test_what_is_empty_is_left_out() -> None:
    assert msgspec.json.encode(MessageMetadata()) == b"{}"
    assert msgspec.json.encode(TicketMetadata("web", 0.0, [])) == b'{"source":"web","score":0.0}'
    assert msgspec.json.encode(TicketMetadata("web")) == b'{"source":"web"}'


REFUSED: list[tuple[type[Any], str, str]] = [
    (TicketMetadata, '{"source": "web", "score": "1"}', "$.score"),
    (TicketMetadata, '{"source": "web", "score": 1, "labels": ["a", 2]}', "$.labels[1]"),
    (TokenUsage, '{"input_tokens": -1, "output_tokens": 0}', "$.input_tokens"),
    (MessageMetadata, '{"usage": {"input_tokens": 1}}', "$.usage"),
    (Import, '{"source": "a", "kind": "star"}', "$.kind"),
    (AgentConfiguration, '{"model": {"provider": "openai", "model": ""}}', "$.model.model"),
    (AgentConfiguration, '{"model": {"provider": "nobody", "model": "m"}}', "$.model.provider"),
    (AgentConfiguration, '{"model": {"model": "m"}}', "$.model"),
    (AgentConfiguration, '{"model": {"provider": "local", "model": "m", "base_url": "ftp://x"}}', "$.model.base_url"),
    (AgentConfiguration, '{"model": {"provider": "openai", "model": "m"}, "temperature": 2.1}', "$.temperature"),
    (Preferences, '{"theme": "blue"}', "$.theme"),
    (Preferences, '{"pinned_projects": ["1"]}', "$.pinned_projects[0]"),
    (Preferences, "[]", "$"),
    (Preferences, "{", "$"),
]


@pytest.mark.parametrize(("kind", "document", "path"), REFUSED, ids=[document for _, document, _ in REFUSED])
def test_a_guard_refuses_a_wrong_document_and_says_where(kind: type[Any], document: str, path: str) -> None:
    refused = decoded(kind, document).failure()
    assert (refused.path, refused.reason != "") == (path, True)


def test_a_guard_takes_plain_values_too() -> None:
    assert converted(Preferences, {"theme": "dark"}) == Success(Preferences("dark"))
    assert converted(Preferences, {"theme": 1}) == Failure(Refused("$.theme", "Expected `str`, got `int`"))


@pytest.mark.parametrize("given", [1, "7", "0007", 2**63 - 1, str(2**63 - 1)])
def test_an_id_from_outside(given: object) -> None:
    assert branded(TicketId, given) == Success(int(str(given)))


@pytest.mark.parametrize(
    "given", [0, -1, True, 2**63, str(2**63), 1.0, None, "", "-1", "1.0", " 1", "٣", "1_0", "9" * 5000, b"1"]
)
def test_what_is_no_id(given: object) -> None:
    assert isinstance(branded(TicketId, given), Failure)


# ------------------------------------------------------------- what somebody else has written into the database already


def corrupt(tx: Tx, statement: str) -> None:
    unwrap(tx.execute(sql(trusted(statement.replace("{", "{{").replace("}", "}}"))).command()))


def test_a_wrong_document_in_a_row_is_an_error_with_its_path(tx: Tx) -> None:
    project = make.project(tx)
    for title in ("First", "Second"):
        make.ticket(tx, project, title)
    corrupt(
        tx,
        """UPDATE tickets SET metadata = '{"source": "web", "score": 1, "labels": ["a", {}]}' WHERE title = 'First'""",
    )
    # Newest first: the wrong one is the second row.
    found = tickets.of_project(tx, project.id).failure()
    assert isinstance(found, DecodeError)
    assert (found.table, found.column, found.row, found.path) == ("tickets", "metadata", 1, "$.labels[1]")


def test_wrong_tags(tx: Tx) -> None:
    ticket = make.ticket(tx, make.project(tx))
    corrupt(tx, "UPDATE tickets SET tags = '[1]'")
    found = tickets.by_id(tx, ticket.id).failure()
    assert isinstance(found, DecodeError)
    assert (found.column, found.path) == ("tags", "$[0]")


def test_a_wrong_tag_of_a_union(tx: Tx) -> None:
    make.agent(tx)
    corrupt(tx, """UPDATE agents SET configuration = '{"model": {"provider": "nobody", "model": "m"}}'""")
    found = agents.by_slug(tx, AgentSlug("coder")).failure()
    assert isinstance(found, DecodeError)
    assert (found.table, found.column, found.path) == ("agents", "configuration", "$.model.provider")
    assert "nobody" not in str(found)


def test_a_wrong_setting(tx: Tx) -> None:
    corrupt(tx, """INSERT INTO settings (key, value) VALUES ('a', '{"kind": "flag", "on": "yes"}')""")
    for found in (settings.value_of(tx, SettingKey("a")).failure(), settings.everything(tx).failure()):
        assert isinstance(found, DecodeError)
        assert (found.table, found.column, found.path) == ("settings", "value", "$.on")


def test_a_wrong_document_harms_nothing_else(tx: Tx) -> None:
    project = make.project(tx)
    ticket = make.ticket(tx, project)
    corrupt(tx, "UPDATE tickets SET metadata = '[]'")
    assert isinstance(tickets.by_id(tx, ticket.id).failure(), DecodeError)
    assert projects.by_id(tx, project.id) == Success(project)
    assert tx.scalar(select(Ticket.title).where(Ticket.id == ticket.id)) == Success(ticket.title)


@pytest.mark.parametrize("module", [guards, patterns], ids=lambda module: str(module.__name__))
def test_examples_in_docstrings(module: ModuleType) -> None:
    found = doctest.testmod(module)
    assert (found.attempted > 0, found.failed) == (True, 0)
