"""`renamed_from=` of all that has a name: it is renamed where it is, and keeps what it holds."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

import qb
from qb import Arg, Col, Table, column, fn, pg, schema, select, sql
from qb.errors import DefinitionError
from qb.kit.generating.renamed import renames_in_history
from qb.kit.history.history import History
from qb.kit.history.reading import read_history
from qb.typing import Schema, Sql
from tests.kit.generating.test_generate import made


class Place(msgspec.Struct, frozen=True):
    city: str


def shop(*, new: bool) -> Schema:
    """A schema in which everything has one name, or the other one."""

    def name(plain: str) -> str:
        return f"new_{plain}" if new else plain

    def before(plain: str) -> str | None:
        return plain if new else None

    at = name("app")
    app = qb.namespace(at, renamed_from=before("app"))
    place = qb.composite(name("place"), Place, schema=at, renamed_from=before("place"))
    short = qb.domain(
        name("short"), pg.text, check=lambda word: fn.length(word) < 9, schema=at, renamed_from=before("short")
    )
    numbers = qb.sequence(name("numbers"), schema=at, renamed_from=before("numbers"))

    class Item(Table, name="items", schema=at, rls=True):
        id: Col[int] = column(primary_key=True, default=numbers.next())
        word: Col[str] = column(short)
        at: Col[Place | None] = column(place)

    words = qb.view(name("words"), select(Item), schema=at, renamed_from=before("words"))
    kept = qb.materialized_view(name("kept"), select(Item), schema=at, renamed_from=before("kept"))
    by_word = qb.index(name("by_word"), Item.word, renamed_from=before("by_word"))
    mine = qb.policy(Item, name=name("mine"), using=Item.id > 0, renamed_from=before("mine"))
    touch = qb.trigger_function(name("touch"), sql("BEGIN RETURN NEW; END"), schema=at, renamed_from=before("touch"))
    fires = qb.trigger(Item, touch, before="update", name=name("fires"), renamed_from=before("fires"))

    @qb.function(
        name=name("twice"), schema=at, returns=int, language="sql", volatility="immutable", renamed_from=before("twice")
    )
    def twice(number: Arg[int]) -> Sql:
        return sql("SELECT number * 2")

    @qb.procedure(name=name("empty"), schema=at, language="sql", renamed_from=before("empty"))
    def empty() -> Sql:
        return sql("SELECT 1")

    return schema(app, place, short, numbers, Item, words, kept, by_word, mine, touch, fires, twice, empty)


def test_each_kind_is_renamed_once_and_told_of(tmp_path: Path, cache: Path) -> None:
    made(shop(new=False), tmp_path, cache)
    found = made(shop(new=True), tmp_path, cache)
    assert found.loses == found.down_loses == ()
    assert sorted(each for each in found.up.splitlines() if not each.startswith("--")) == [
        'ALTER DOMAIN "new_app"."new_short" RENAME CONSTRAINT "short_check" TO "new_short_check";',
        'ALTER DOMAIN "new_app"."short" RENAME TO "new_short";',
        'ALTER FUNCTION "new_app"."touch"() RENAME TO "new_touch";',
        'ALTER FUNCTION "new_app"."twice"(bigint) RENAME TO "new_twice";',
        'ALTER INDEX "new_app"."by_word" RENAME TO "new_by_word";',
        'ALTER MATERIALIZED VIEW "new_app"."kept" RENAME TO "new_kept";',
        'ALTER POLICY "mine" ON "new_app"."items" RENAME TO "new_mine";',
        'ALTER PROCEDURE "new_app"."empty"() RENAME TO "new_empty";',
        'ALTER SCHEMA "app" RENAME TO "new_app";',
        'ALTER SEQUENCE "new_app"."numbers" RENAME TO "new_numbers";',
        'ALTER TRIGGER "fires" ON "new_app"."items" RENAME TO "new_fires";',
        'ALTER TYPE "new_app"."place" RENAME TO "new_place";',
        'ALTER VIEW "new_app"."words" RENAME TO "new_words";',
    ]
    assert made(shop(new=True), tmp_path, cache).id is None
    told = [each.partition(" is renamed")[0] for each in renames_in_history(shop(new=True), history(tmp_path))]
    assert sorted(told) == [
        "composite type new_app.new_place",
        "domain new_app.new_short",
        "function new_app.new_touch",
        "function new_app.new_twice",
        "index new_app.items.new_by_word",
        "materialized view new_app.new_kept",
        "policy new_app.items.new_mine",
        "procedure new_app.new_empty",
        "schema new_app",
        "sequence new_app.new_numbers",
        "trigger new_app.items.new_fires",
        "view new_app.new_words",
    ]


def history(folder: Path) -> History:
    return read_history(folder).unwrap()


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(DefinitionError, match="what the schema 'x' is renamed from"):
        qb.namespace("x", renamed_from="")
    with pytest.raises(DefinitionError, match="what the sequence 'x' is renamed from"):
        qb.sequence("x", renamed_from="a\0b")
