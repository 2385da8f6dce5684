"""A row of every table, written and read: documents, brands, hidden columns, defaults, whatever is drawn."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qb import Database, Tx, fn, insert, select, unwrap
from qb.testing import rows
from tables.archetype.auth.organizations import Organization
from tables.archetype.builder.catalog import Category
from tests.samples import samples
from tests.tables.archetype import everything
from tests.tables.archetype.everything import TABLES

documents = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcü", max_size=3), inner, max_size=3),
    max_leaves=5,
)
raw = documents.filter(lambda document: document is not None).map(lambda each: msgspec.Raw(msgspec.json.encode(each)))


def drawn(table: type[Any]) -> dict[str, Any]:
    """Strategies for what qb draws no values of: documents that are kept as they came."""
    found: dict[str, Any] = {name: st.just(each) for name, each in everything.given(table).items()}
    if table is Category:
        del found["category_id"]  # which is drawn
        found["name"] = st.uuids().map(str)  # unique where the parent is NULL, too, which the drawing does not know
    if table is Organization:
        found["slug"] = st.uuids().map(str)  # a check has it in lower case, which a collation decides
    kept = [each for each in everything.info(table).columns if each.python is msgspec.Raw]
    return found | {each.attribute: st.none() | raw if each.optional else raw for each in kept}


def plain(value: object) -> object:
    """A value to compare: JSON that is kept as it came is written in another way by the server."""
    return msgspec.json.decode(value) if isinstance(value, msgspec.Raw) else value


def keys(table: type[Any], row: Any) -> tuple[object, ...]:
    return tuple(getattr(row, each.attribute) for each in everything.info(table).primary_key)


def test_a_row_of_every_table(tx: Tx) -> None:
    """What is left out is the default: ids are made, and are of no two rows the same."""
    made: dict[type[Any], Any] = {}
    for source in everything.ORDER:
        table = TABLES[f"{source.schema}.{source.name}"]
        made[table] = everything.made(tx, table, made)
    for table, row in made.items():
        assert [plain_row(each) for each in unwrap(tx.all(select(table)))] == [plain_row(row)]
    assert len(made) == 77


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_what_is_written_is_read(archetype: Database, name: str) -> None:
    table = TABLES[name]
    info = everything.info(table)
    hidden = [each.attribute for each in info.columns if each.hidden]
    with archetype.transaction(rollback=True) as tx:
        parents = everything.parents_of(tx, table)

        @settings(samples(30))
        @given(rows(table, parents=parents.values(), min_size=1, max_size=2, **drawn(table)))
        def check(made: list[Any]) -> None:
            with tx.transaction(rollback=True) as inner:
                written = unwrap(inner.insert_many(made, insert(table).returning()))
                found = {keys(table, each): each for each in unwrap(inner.all(select(table)))}
                for new, row in zip(made, written, strict=True):
                    assert plain_row(found[keys(table, row)]) == plain_row(row)
                    for attribute in set(new.__struct_fields__) - {*hidden}:
                        if (value := getattr(new, attribute)) is not msgspec.UNSET:
                            assert plain(getattr(row, attribute)) == plain(value), attribute
                for attribute in hidden:
                    stored = dict(
                        unwrap(
                            inner.all(select(getattr(table, info.primary_key[0].attribute), getattr(table, attribute)))
                        )
                    )
                    for new, row in zip(made, written, strict=True):
                        if (value := getattr(new, attribute)) is not msgspec.UNSET:
                            assert stored[keys(table, row)[0]] == value, attribute

        check()


def plain_row(row: Any) -> dict[str, object]:
    return {name: plain(getattr(row, name)) for name in row.__struct_fields__}


def test_an_empty_database_is_read_whole(archetype: Database) -> None:
    for table in TABLES.values():
        assert unwrap(archetype.all(select(table))) == []
        assert unwrap(archetype.scalar(select(fn.count()).from_(table))) == 0
