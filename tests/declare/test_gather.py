"""What `schema` finds, in which order it puts it, and when two schemas are equal."""

from __future__ import annotations

import datetime as dt
import pickle
import sys
from types import ModuleType
from typing import Literal

import pytest

from qb import (
    Col,
    DefinitionError,
    Table,
    check,
    column,
    create_all,
    fn,
    foreign_key,
    grant,
    identity,
    index,
    matching,
    partition_by_range,
    pg,
    references,
    role,
    schema,
    unique,
)
from qb.declare.table import describe
from qb.typing import Check, ForeignKey, Index, Schema, Unique

USERS = """
from qb import Col, Shape, Table, check, column, index, pg

class Base(Table):
    id: Col[int] = column(primary_key=True)

class User(Base, name="users"):
    email: Col[str] = column(unique=True)

class Summary(Shape):
    n: Col[int]

by_email = index("users_email_idx", User.email)
same = by_email
_long_enough = check("users_email_check", User.email.like("%@%"))
"""


def module(name: str, source: str, **names: object) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(names)
    sys.modules[name] = made
    exec(source, vars(made))
    return made


users = module("test_schema_users", USERS)
posts = module(
    "test_schema_posts",
    """
from qb import Col, column
from test_schema_users import Base, User

class Post(Base, name="posts"):
    author_id: Col[int] = column(references=User.id)
""",
)


def titles(found: Schema) -> list[str]:
    return [table.title for table in found.tables]


# ---------------------------------------------------------------- gathering


def test_a_module_gives_its_tables_and_what_stands_beside_them_once() -> None:
    found = schema(users)
    (table,) = found.tables
    assert table.title == "users"
    assert [each.name for each in table.indexes] == ["users_email_idx"]
    assert [each.name for each in table.checks] == ["users_email_check"]
    assert [each.name for each in table.uniques] == ["users_email_key"]


def test_tables_that_several_modules_import_count_once() -> None:
    found = schema(posts, users)
    assert titles(found) == ["users", "posts"]


def test_an_imported_table_brings_what_stands_beside_it() -> None:
    assert schema(posts) == schema(posts, users)


def test_a_table_given_directly_comes_alone() -> None:
    user = vars(users)["User"]
    assert schema(user).tables[0].indexes == ()
    assert schema(user, vars(users)["by_email"]).tables[0].indexes == (vars(users)["by_email"],)


def test_nothing() -> None:
    assert schema().tables == ()
    assert repr(schema(name="empty")) == "<schema empty of nothing>"
    assert repr(schema(users)) == "<schema of users>"


def test_enums_and_extensions_follow_from_types() -> None:
    class Thing(Table, name="things", schema="a"):
        id: Col[int] = column(primary_key=True)
        state: Col[Literal["a", "b"]] = column(pg.enum("state", Literal["a", "b"]))
        states: Col[list[Literal["a", "b"]]] = column(pg.array(pg.enum("state", Literal["a", "b"])))
        kinds: Col[list[Literal["x", "y"]]] = column(pg.array(pg.enum("kind", Literal["x", "y"], schema="b")))
        where: Col[list[float]] = column(pg.vector(3))
        wheres: Col[list[list[float]]] = column(pg.array(pg.vector(3)))

    found = schema(Thing, extensions=["pg_trgm", "vector"])
    assert [each.name for each in found.enums] == ['"state"', '"b"."kind"']
    assert found.extensions == ("pg_trgm", "vector")
    assert schema(Thing).extensions == ("vector",)
    assert found.namespaces == ("a", "b")


# ---------------------------------------------------------------- names


def test_names_that_nobody_chose_are_postgresqls() -> None:
    class Node(Table, name="nodes"):
        tree: Col[int] = column(primary_key=True)
        place: Col[int] = column(primary_key=True)
        label: Col[str] = column(unique=True, index=True, check=lambda label: label != "")
        up: Col[int | None] = column()

    found = schema(
        Node,
        unique(Node.label, Node.up),
        foreign_key((Node.tree, Node.up), (Node.tree, Node.place)),
    ).tables[0]
    assert found.primary_key is not None
    assert (found.primary_key.name, found.primary_key.columns) == ("nodes_pkey", ("tree", "place"))
    assert [each.name for each in found.uniques] == ["nodes_label_key", "nodes_label_up_key"]
    assert [each.name for each in found.checks] == ["nodes_label_check"]
    assert [each.name for each in found.indexes] == ["nodes_label_idx"]
    assert [each.name for each in found.foreign_keys] == ["nodes_tree_up_fkey"]


def test_long_names_are_shortened_the_same_way_every_time() -> None:
    class Long(Table, name="ä" * 25):
        one: Col[int] = column(name="c" * 40, unique=True)
        two: Col[int] = column(name="c" * 41, unique=True)

    names = [each.name or "" for each in schema(Long).tables[0].uniques]
    assert names == [each.name for each in schema(Long).tables[0].uniques]
    assert len(set(names)) == 2
    for name in names:
        assert len(name.encode()) <= 63
        assert name.startswith("ä" * 20)
        assert name.endswith("_key")


# ---------------------------------------------------------------- order


def test_what_is_referenced_comes_first() -> None:
    class Leaf(Table, name="leaves"):
        id: Col[int] = column(primary_key=True)
        branch_id: Col[int] = column(references=lambda: Branch.id)

    class Branch(Table, name="branches"):
        id: Col[int] = column(primary_key=True)
        tree_id: Col[int] = column(references=lambda: Tree.id)
        parent_id: Col[int | None] = column(references=lambda: Branch.id)

    class Tree(Table, name="trees"):
        id: Col[int] = column(primary_key=True)

    class Alone(Table, name="alone"):
        id: Col[int] = column(primary_key=True)

    found = schema(Alone, Leaf, Branch, Tree)
    assert titles(found) == ["alone", "trees", "branches", "leaves"]
    assert not any(key.late for table in found.tables for key in table.foreign_keys)


def test_a_circle_is_closed_afterwards_and_only_where_it_has_to_be() -> None:
    class Team(Table, name="teams"):
        id: Col[int] = column(primary_key=True)
        lead_id: Col[int] = column(references=lambda: Member.id)

    class Member(Table, name="members"):
        id: Col[int] = column(primary_key=True)
        team_id: Col[int] = column(references=lambda: Team.id)
        office_id: Col[int] = column(references=lambda: Office.id)

    class Office(Table, name="offices"):
        id: Col[int] = column(primary_key=True)

    class Badge(Table, name="badges"):
        id: Col[int] = column(primary_key=True)
        member_id: Col[int] = column(references=Member.id)

    found = schema(Badge, Team, Member, Office)
    assert titles(found) == ["offices", "members", "teams", "badges"]
    assert [key.name for table in found.tables for key in table.foreign_keys if key.late] == ["members_team_id_fkey"]


def test_a_table_that_references_its_own_unique_index_waits_for_it() -> None:
    class Node(Table, name="nodes"):
        id: Col[int] = column(primary_key=True)
        slug: Col[str] = column()
        parent: Col[str | None] = column(references=lambda: Node.slug)

    (table,) = schema(Node, index("nodes_slug", Node.slug, unique=True)).tables
    assert [key.late for key in table.foreign_keys] == [True]


# ---------------------------------------------------------------- equality


def make(default: object = "x", limit: int = 1) -> Schema:
    class Thing(Table, name="things"):
        id: Col[int] = column(primary_key=True, default=identity())
        label: Col[object] = column(pg.jsonb, default=default)
        parent_id: Col[int | None] = column(references=lambda: Thing.id, default=None)
        at: Col[dt.datetime] = column(default=fn.now())

    return schema(
        Thing,
        check("things_check", Thing.id > limit),
        index("things_idx", Thing.at, where=Thing.id > limit),
        foreign_key(Thing.parent_id, lambda: Thing.id, name="again"),
    )


def test_schemas_are_equal_by_content() -> None:
    assert make() == make()
    assert hash(make()) == hash(make())
    assert make("x") != make("y")
    assert make(limit=1) != make(limit=2)
    assert make() != schema()


def test_constraints_are_equal_by_content_and_frozen() -> None:
    class Thing(Table, name="things"):
        id: Col[int] = column(primary_key=True)
        size: Col[int] = column()

    assert check("c", Thing.size > 1) == check("c", Thing.size > 1)
    assert check("c", Thing.size > 1) != check("c", Thing.size > 2)
    assert len({unique(Thing.size), unique(Thing.size), unique(Thing.size, name="u")}) == 2
    assert index("i", Thing.size.desc()) == index("i", Thing.size.desc())
    assert index("i", Thing.size.desc()) != index("i", Thing.size)
    assert foreign_key(Thing.size, Thing.id) == foreign_key(Thing.size, lambda: Thing.id)
    with pytest.raises(AttributeError):
        setattr(index("i", Thing.size), "name", "j")  # noqa: B010


def test_a_schema_does_not_change_what_it_is_made_of() -> None:
    class Thing(Table, name="things"):
        id: Col[int] = column(primary_key=True)

    before = describe(Thing)
    schema(Thing, index("i", Thing.id))
    assert describe(Thing) is before


def test_the_order_of_the_items_decides_nothing() -> None:
    class A(Table, name="a"):
        id: Col[int] = column(primary_key=True)
        x: Col[int] = column()
        y: Col[int] = column()

    class B(Table, name="b", schema="org"):
        id: Col[int] = column(primary_key=True)
        kind: Col[Literal["x", "y"]] = column(pg.enum("kind", Literal["x", "y"]))

    items: list[type[Table] | Unique | Check | ForeignKey | Index] = [
        A,
        B,
        index("a_i", A.x),
        index("a_j", A.y),
        unique(A.x),
        unique(A.x, A.y),
        check("a_big", A.x > 1),
        check("a_bigger", A.y > A.x),
        foreign_key(A.x, B.id),
        foreign_key(A.y, A.id),
    ]
    found = schema(*items)
    for turn in range(1, len(items)):
        other = schema(*items[turn:], *reversed(items[:turn]))
        assert other == found
        assert hash(other) == hash(found)
        assert str(create_all(other)) == str(create_all(found))
    one, two = schema(A, extensions=["hstore", "citext"]), schema(A, extensions=["citext", "hstore"])
    assert one == two


def test_what_stands_in_lists_tuples_and_dicts_is_found() -> None:
    class Event(Table, name="events"):
        id: Col[int] = column()
        tenant: Col[int] = column()

    by = partition_by_range(Event, Event.tenant)
    clerk = role("gather_clerk")
    module = ModuleType("gathered")
    vars(module).update(
        Event=Event,
        parts=[by.partition(f"events_{number}", number, number + 1) for number in range(3)],
        may={"clerk": (clerk, [grant("select", on=Event, to=clerk)])},
        checks={check("events_small", Event.id < 9)},
        numbers=[1, "two", {"three": 3.0}],
    )
    found = schema(module)
    direct = schema(*[vars(module)[name] for name in ("Event", "parts", "may", "checks")])
    assert found == direct
    titles = [each.identity.title for each in found.objects]
    for name in ("events_0", "events_2", "events.events_small", "gather_clerk", "table events.gather_clerk.select"):
        assert name in titles
    with pytest.raises(DefinitionError, match=r"schema takes modules, tables .*, not \[1, 'two'"):
        schema(vars(module)["numbers"])
    endless: list[object] = [Event]
    endless.append(endless)
    vars(module)["endless"] = endless
    assert schema(module) == found


class Sheet(Table, name="sheets"):
    id: Col[int] = column(primary_key=True)
    state: Col[Literal["new", "old"]]


class Leaf(Table, name="leaves"):
    sheet_id: Col[int] = column(references=references(Sheet.id))


def test_a_schema_is_made_of_another_and_more() -> None:
    first = schema(Sheet, unique(Sheet.state), extensions=["vector"], checked=True)
    whole = schema(first, Leaf)
    assert whole == schema(Sheet, Leaf, unique(Sheet.state), extensions=["vector"], checked=True)
    assert schema(Leaf, first) == schema(first, first, Leaf) == schema(schema(whole)) == whole
    assert first == schema(Sheet, unique(Sheet.state), extensions=["vector"], checked=True)
    module = ModuleType("of_sheets")
    vars(module)["first"] = first
    assert schema(module, Leaf, Sheet) == schema(Leaf, Sheet)


def test_a_schema_in_it_says_what_is_ours() -> None:
    first = schema(Sheet, ours=matching(names=["sheet*"]))
    assert schema(first, Leaf) == schema(Sheet, Leaf, ours=matching(names=["sheet*"]))
    said = matching(names=["lea*"])
    assert schema(first, Leaf, ours=said) == schema(Sheet, Leaf, ours=said)
    with pytest.raises(DefinitionError) as caught:
        schema(first, schema(Sheet, Leaf, ours=said))
    assert str(caught.value) == (
        "the schemas in it say in different ways which objects are ours: say it of the whole, by ours=matching(...)"
    )


def test_a_schema_that_was_pickled_knows_no_classes() -> None:
    first = pickle.loads(pickle.dumps(schema(Sheet)))
    assert first == schema(Sheet)
    with pytest.raises(DefinitionError) as caught:
        schema(first, Leaf)
    assert str(caught.value) == (
        "<schema of sheets> does not know what it was made of, as none does that was pickled: give the modules, or the "
        "tables, that it was made of"
    )
