"""What servers of two majors say in two ways is no difference, and nothing else is left out."""

from __future__ import annotations

import pytest

from qb.kit import Catalog, Identity, diff
from qb.kit.diffs.majors import across, said_in_two_ways
from qb.kit.diffs.spelling import same_but_for_tables
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.grant import GrantFact
from qb.kit.facts.role import MembershipFact
from qb.kit.facts.view import ViewFact

NOT_NULL = Identity("not null", "public", "t", "t_id_not_null")
GRANT = Identity("grant", "public", "t", "to reader")
VIEW = Identity("view", "public", "", "v")


def granted(*privileges: str) -> GrantFact:
    return GrantFact(None, None, "table", "t", None, "reader", privileges)


def view(definition: str) -> ViewFact:
    return ViewFact(None, None, "postgres", definition, (), None, None, populated=True)


def test_not_null_is_an_object_since_18() -> None:
    fact = ConstraintFact(
        None, None, "table", "NOT NULL id", ("id",), None, (), True, "", False, True, "enabled"
    )  # fmt: skip
    assert across(NOT_NULL, fact, 17) is None
    assert across(NOT_NULL, fact, 18) is fact


def test_maintain_is_there_since_17() -> None:
    assert across(GRANT, granted("maintain", "select"), 16) == granted("select")
    assert across(GRANT, granted("maintain with grant option"), 16) is None
    assert across(GRANT, granted("maintain"), 17) == granted("maintain")
    assert across(GRANT, granted(), 16) == granted()


def test_memberships_say_more_since_16() -> None:
    fact = MembershipFact(None, None, "a", "b", "postgres", admin=False, inherit=True, set_role=True)
    found = across(Identity("membership", "", "b", "a"), fact, 15)
    assert isinstance(found, MembershipFact)
    assert (found.inherit, found.set_role) == (None, None)


def test_a_query_of_one_table_is_the_same_with_its_name() -> None:
    old, new = Catalog({VIEW: view(" SELECT t.id FROM public.t;")}, {}, 150000), view(" SELECT id\n   FROM public.t;")
    assert diff(old, Catalog({VIEW: new}, {}, 160000)).equal
    assert diff(Catalog({VIEW: new}, {}, 160000), old).equal
    assert not diff(Catalog(dict(old), {}, 160000), Catalog({VIEW: new}, {}, 160000)).equal
    other = Catalog({VIEW: view(" SELECT n FROM public.t;")}, {}, 160000)
    assert [str(each) for each in diff(old, other).changes] == ["changed: view public.v (definition)"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ('SELECT "A b".id, "A b"."c.d" FROM "A b"', 'SELECT id, "c.d" FROM "A b"', True),
        ("SELECT a.id FROM a JOIN b", "SELECT b.id FROM a JOIN b", False),
        ("SELECT 't.id' FROM t", "SELECT 'id' FROM t", False),
        ("SELECT id FROM t", "SELECT id FROM t WHERE t.id", False),
    ],
)
def test_what_is_the_same_but_for_tables(one: str, other: str, *, same: bool) -> None:
    assert same_but_for_tables(one, other) is same
    assert same_but_for_tables(other, one) is same


def test_it_is_said_what_is_left_out() -> None:
    assert said_in_two_ways((18, 18)) == ""
    assert "maintain" in said_in_two_ways((16, 18))
    empty = diff(Catalog({}, {}, 160000), Catalog({}, {}, 180000))
    assert empty.remarks[0].startswith("the first side is PostgreSQL 16, the second 18: not null")
    assert empty.versions == (160000, 180000)
