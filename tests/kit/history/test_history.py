"""A history is a graph: its order, its heads, and what is wrong with one, said with the files."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb.errors.outcome import Failure, Success
from qb.kit.history.errors import MissingParent, ParentCircle, SeveralHeads, UnknownMigration
from qb.kit.history.history import History, history_of
from qb.kit.history.migration import Migration


def node(id: str, *parents: str) -> Migration:
    return Migration(id=id, parents=parents, file=f"migrations/{id}/up.sql")


def made(*nodes: Migration) -> History:
    return history_of(nodes).unwrap()


def test_an_empty_history_has_no_head() -> None:
    found = made()
    assert (found.ids, found.heads, len(found)) == ((), (), 0)
    assert found.head() == Success(None)


def test_a_migration_comes_behind_what_it_follows_whatever_it_is_called() -> None:
    found = made(node("0001_a", "0002_b"), node("0002_b"), node("0010_d", "0001_a"), node("9_c", "0001_a"))
    assert found.ids == ("0002_b", "0001_a", "9_c", "0010_d")
    assert found.ancestors("9_c") == {"0002_b", "0001_a"}
    assert found.descendants("0002_b") == {"0001_a", "9_c", "0010_d"}
    assert [each.id for each in found.up_to("0001_a")] == ["0002_b", "0001_a"]


def test_two_heads_are_named_with_their_files() -> None:
    found = made(node("0001_a"), node("0002_b", "0001_a"), node("0003_c", "0001_a"))
    assert found.heads == ("0002_b", "0003_c")
    error = found.head().failure()
    assert isinstance(error, SeveralHeads)
    assert str(error) == (
        "the history has 2 heads, 0002_b and 0003_c (migrations/0002_b/up.sql, migrations/0003_c/up.sql): `qb merge` "
        "joins them where they do not touch the same"
    )
    joined = made(*found, node("0004_join", "0002_b", "0003_c"))
    assert joined.head().map(lambda each: each and each.id) == Success("0004_join")


def test_a_missing_parent_is_named() -> None:
    error = history_of([node("0001_a"), node("0003_c", "0002_b")]).failure()
    assert isinstance(error, MissingParent)
    assert str(error) == (
        "migrations/0003_c/up.sql: 0003_c follows 0002_b, which is not in the folder: bring it back from version "
        'control, or name another under "parents"'
    )
    near = history_of([node("0001_a_thing"), node("0003_c", "0001_a_thang")]).failure()
    assert "not in the folder, there is 0001_a_thing:" in str(near)


def test_a_circle_is_named_from_its_smallest_member_on() -> None:
    error = history_of(
        [node("0000_first"), node("0003_c", "0002_b"), node("0001_a", "0003_c"), node("0002_b", "0001_a", "0000_first")]
    ).failure()
    assert isinstance(error, ParentCircle)
    assert error.migrations == ("0001_a", "0003_c", "0002_b")
    assert str(error) == (
        'migrations follow each other in a circle, 0001_a -> 0003_c -> 0002_b -> 0001_a: take one of "parents" out, '
        "in migrations/0001_a/up.sql, migrations/0003_c/up.sql, migrations/0002_b/up.sql"
    )


def test_one_that_follows_itself_is_a_circle() -> None:
    error = history_of([node("0001_a", "0001_a"), node("0002_b", "0001_a")]).failure()
    assert isinstance(error, ParentCircle)
    assert error.migrations == ("0001_a",)


def test_a_parent_that_is_named_twice_counts_once() -> None:
    assert made(node("0001_a"), node("0002_b", "0001_a", "0001_a")).ids == ("0001_a", "0002_b")


@pytest.mark.parametrize(
    ("said", "wanted"),
    [("0002_add_slug", "0002_add_slug"), ("0002", "0002_add_slug"), ("add_slug", "0002_add_slug"), ("slug", None)],
)
def test_people_name_a_migration_by_a_part(said: str, wanted: str | None) -> None:
    found = made(node("0001_init"), node("0002_add_slug"), node("0003_drop_slug")).find(said)
    if wanted is None:
        assert isinstance(found, Failure)
        assert str(found.failure()) == "slug may be 0002_add_slug or 0003_drop_slug: write all of its name"
    else:
        assert found.unwrap().id == wanted


def test_a_misspelt_one_is_told_what_may_be_meant() -> None:
    error = made(node("0001_init")).find("0001_inti").failure()
    assert isinstance(error, UnknownMigration)
    assert str(error) == "there is no migration 0001_inti in the history: did you mean 0001_init?"
    three = made(node("0001_init"), node("0002_add_slug"), node("0003_drop_slug"))
    assert three.find("drop").unwrap().id == "0003_drop_slug"
    assert str(made(node("0001_a_b"), node("0002_a_c")).find("a").failure()) == (
        "a may be 0001_a_b or 0002_a_c: write all of its name"
    )
    assert isinstance(three.find("rop").failure(), UnknownMigration)
    assert str(made().find("").failure()) == "there is no migration  in the history"


@given(st.integers(1, 12), st.randoms(use_true_random=False))
def test_the_order_is_the_same_however_they_are_read(count: int, chance: random.Random) -> None:
    nodes = [node(f"{n:04}_m", *(f"{each:04}_m" for each in range(n) if chance.random() < 0.3)) for n in range(count)]
    wanted = made(*nodes)
    chance.shuffle(nodes)
    assert made(*nodes) == wanted
    for each in wanted:
        assert all(wanted.ids.index(parent) < wanted.ids.index(each.id) for parent in each.parents)
        assert {one.id for one in wanted.up_to(each.id)} == wanted.ancestors(each.id) | {each.id}
