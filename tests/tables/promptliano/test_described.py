"""The description and the server: nothing differs between them, every key has a type of its own, and whatever JSON a
row holds comes back as it went in."""

from collections.abc import Iterator
from typing import Any, NewType, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from promptliano.documents import FlatConfiguration, TicketMetadata
from promptliano.documents import nested as upgraded
from qb import Database, Success, Table, connect, create_all, drop_all, select, sql, unwrap
from qb.declare.table import describe
from qb.kit import differences, introspect
from qb.run.server.embedded import Embedded
from qb.testing import bare_keys, rows
from tables.promptliano import api, chats, files, projects, prompts, queues, schema, settings, tickets
from tables.promptliano.prompts import Agent
from tables.promptliano.tickets import NewTicket, Ticket
from tables.scratch import scratch_database
from tests.kit.alone import differences as alone
from tests.tables.promptliano import make
from tests.tables.promptliano.test_crud import parents

MODULES = (projects, prompts, tickets, chats, files, queues, settings)
ROWS = cast("tuple[type[Table], ...]", api.ROWS)


@pytest.fixture(scope="module")
def other(qb_server: Embedded) -> Iterator[Database]:
    """A second database of its own on the server."""
    with scratch_database(qb_server.url, name="promptliano_again") as url, connect(url) as db:
        yield db


def test_the_catalog_is_that_of_the_description(promptliano: Database, other: Database) -> None:
    """Made again, and made once more after all was dropped: the same catalog, object by object."""
    empty = unwrap(introspect(other))
    unwrap(other.run(create_all(schema)))
    made = unwrap(introspect(other))
    assert alone(unwrap(introspect(promptliano)), made) == ()
    there = {each.title for each in made if each.kind == "table"}
    assert there == {f"public.{table.source.name}" for table in schema.tables}
    unwrap(other.run(create_all(schema, if_not_exists=True)))
    assert alone(made, unwrap(introspect(other))) == ()
    unwrap(other.run(drop_all(schema)))
    assert alone(empty, unwrap(introspect(other))) == ()
    assert differences(empty, empty) == ()


def test_the_indexes_of_the_document_have_their_names(promptliano: Database) -> None:
    found = promptliano.all(
        sql(
            "SELECT c.relname::text, a.attname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
            "JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] "
            "WHERE i.indrelid = 'tickets'::regclass AND c.relname LIKE 'idx%' ORDER BY 1"
        ).rows(tuple[str, str])
    )
    assert found == Success([("idx_tickets_project", "project_id"), ("idx_tickets_status", "status")])


# -------------------------------------------------------------------------------------------------------------- keys


def test_every_key_is_branded() -> None:
    assert bare_keys(*MODULES) == []


def test_every_column_that_is_called_an_id_is_one() -> None:
    """Also those that refer to no table here, such as the user's."""
    bare = [
        f"{table.__name__}.{each.attribute}"
        for table in ROWS
        for each in describe(cast("Any", table)).columns
        if (each.attribute == "id" or each.attribute.endswith("_id")) and not isinstance(each.python, NewType)
    ]
    assert bare == []


def test_what_is_unique_by_itself_is_a_key_too() -> None:
    """Slugs, public ids, the key of a setting: whatever a row can be asked for by."""
    bare = [
        f"{table.__name__}.{each.attribute}"
        for table in ROWS
        for each in describe(cast("Any", table)).columns
        if each.unique and not isinstance(each.python, NewType)
    ]
    assert bare == []


# --------------------------------------------------------------------------------------------------------- documents

WITH_DOCUMENTS = [
    table for table in ROWS if any(each.type.name == "jsonb" for each in describe(cast("Any", table)).columns)
]


def test_these_tables_have_documents() -> None:
    names = {table.__name__ for table in WITH_DOCUMENTS}
    assert names == {"Ticket", "ChatMessage", "File", "Prompt", "Agent", "UserPreferences", "Setting"}


@pytest.mark.parametrize("table", WITH_DOCUMENTS, ids=lambda table: table.__name__)
def test_any_row_comes_back_as_it_went_in(promptliano: Database, table: type[Table]) -> None:
    with promptliano.transaction(rollback=True) as tx:
        before = parents(tx, table)

        @given(st.data())
        def comes_back(data: st.DataObject) -> None:
            made: list[Any] = data.draw(rows(cast("Any", table), parents=before, max_size=3))
            with tx.transaction(rollback=True) as inner:
                unwrap(inner.insert_many(made))
                stored = unwrap(inner.all(select(table)))
            assert len(stored) == len(made)
            waiting = list(stored)
            for each in made:
                wanted = {name: value for name in each.__struct_fields__ if (value := getattr(each, name)) is not UNSET}
                same = [row for row in waiting if all(getattr(row, name) == wanted[name] for name in wanted)]
                assert same, wanted
                waiting.remove(same[0])

        comes_back()


flat = st.builds(
    FlatConfiguration,
    st.sampled_from(["anthropic", "openai"]),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=9),
    st.integers(1, 2**53),
    st.floats(0, 2).map(lambda number: number + 0.0),
)


@given(old=flat)
def test_any_document_of_before_is_read_as_today(promptliano: Database, old: FlatConfiguration) -> None:
    with promptliano.transaction(rollback=True) as tx:
        agent = make.agent(tx)
        text = msgspec.json.encode(old).decode()
        unwrap(tx.execute(sql("UPDATE agents SET configuration = {new}::text::jsonb", new=text).command()))
        found = unwrap(tx.one(select(Agent.configuration).where(Agent.id == agent.id)))
        assert found == upgraded(old)


def test_the_default_of_the_document_is_what_is_stored_and_read(promptliano: Database) -> None:
    with promptliano.transaction(rollback=True) as tx:
        project = make.project(tx)
        unwrap(tx.insert_many([NewTicket(project_id=project.id, title="x")]))
        stored = sql("SELECT metadata::text, tags::text FROM tickets").rows(tuple[str, str])
        assert tx.one(stored) == Success(("{}", "[]"))
        assert tx.one(select(Ticket.metadata)) == Success(TicketMetadata())
        default = sql(
            "SELECT column_default::text FROM information_schema.columns "
            "WHERE table_name = 'tickets' AND column_name = 'metadata'"
        ).rows(str)
        assert tx.one(default) == Success("'{}'::jsonb")
