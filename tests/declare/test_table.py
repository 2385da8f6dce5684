"""One class, two faces: on the class an attribute is a column, on a row it is a value. Annotations are strings here."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
import sys
from typing import TYPE_CHECKING, Any, NewType, cast
from uuid import UUID

import msgspec
import pytest

from qb import (
    Col,
    DefinitionError,
    Shape,
    Table,
    column,
    compile,
    fn,
    identity,
    new,
    patch,
    pg,
    row,
    select,
    update,
)
from qb.declare.table import describe
from qb.tree.expressions import ColumnNode
from qb.tree.node import Node
from qb.tree.visit import within
from qb.typing import Column

if TYPE_CHECKING:
    from collections import OrderedDict

UserId = NewType("UserId", int)


class Meta(msgspec.Struct, frozen=True):
    source: str
    labels: list[str] = []


class Stamped(Table):
    created_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now())


class User(Stamped, name="users"):
    id: Col[UserId] = column(pg.bigint, primary_key=True, default=identity())
    email: Col[str] = column(pg.varchar(80), unique=True)
    nickname: Col[str | None] = column(default=None)
    manager_id: Col[UserId | None] = column(pg.bigint, references=lambda: User.id, default=None)
    team_id: Col[int | None] = column(references=lambda: Team.id, default=None)
    meta: Col[Meta] = column(pg.jsonb, default=Meta("form"))
    tags: Col[list[str]] = column(default=[])


class Team(Table, name="teams", schema="org"):
    id: Col[int] = column(primary_key=True)
    meta: Col[Later] = column(pg.jsonb)


class Later(msgspec.Struct, frozen=True):
    size: int


class Names(Table, name="names"):
    """Names that mean something to Python, to msgspec or to qb."""

    name: Col[str] = column(primary_key=True)
    type: Col[str] = column()
    schema: Col[str] = column()
    text: Col[str] = column()
    _rev: Col[int] = column()
    mro: Col[int] = column()
    class_: Col[str] = column(name="class")
    select: Col[str] = column()
    relation: Col[int] = column()


class Summary(Shape):
    email: Col[str]
    posts: Col[int | None]


NOW = dt.datetime(2025, 1, 2, 3, 4, 5, 678901, tzinfo=dt.UTC)


def ada() -> User:
    return row(User, id=UserId(1), email="ada@example.com", created_at=NOW, meta=Meta("form", ["a"]), tags=["x", "y"])


def names() -> Names:
    return Names(name="n", type="t", schema="s", text="x", _rev=1, mro=2, class_="c", select="y", relation=3)


# ---------------------------------------------------------------- the class


def test_on_the_class_an_attribute_is_a_column() -> None:
    assert isinstance(User.email, Column)
    assert User.email.label == "users.email"
    assert User.email is User.email
    assert User.id.type == pg.bigint
    assert User.nickname.type == pg.text
    assert User.tags.type == pg.array(pg.text)


def test_on_a_row_an_attribute_is_a_value() -> None:
    user = ada()
    assert user.email == "ada@example.com"
    assert user.meta.labels == ["a"]
    assert user.nickname is None


def test_a_mixins_columns_come_first_and_belong_to_the_table() -> None:
    assert [each.name for each in describe(User).columns][:2] == ["created_at", "id"]
    assert User.created_at.label == "users.created_at"
    assert repr(Stamped) == "<mixin Stamped>"


def test_two_tables_with_one_mixin_have_columns_of_their_own() -> None:
    class Post(Stamped, name="posts"):
        id: Col[int] = column(primary_key=True)

    assert Post.created_at.label == "posts.created_at"
    assert User.created_at.label == "users.created_at"


def test_a_mixins_expressions_are_about_the_table() -> None:
    class Priced(Table):
        net: Col[int] = column(check=lambda net: net > 0)
        gross: Col[int] = column(generated=net * 2)

    class Book(Priced, name="books"):
        title: Col[str] = column()
        slug: Col[str] = column(on_update=fn.lower(title))

    info = {each.name: each for each in describe(Book).columns}
    assert columns_in(info["net"].check) == [Book.net.node]
    assert columns_in(info["gross"].generated) == [Book.net.node]
    written = str(compile(update(Book).set(Book.title.to("X")).all_rows()))
    assert written.endswith('"slug"=lower("books"."title")')


def columns_in(node: Node | None) -> list[Node]:
    return [each for each in within(node) if isinstance(each, ColumnNode)]


def test_a_name_defined_further_down_is_found() -> None:
    assert Team.meta.python is Later
    assert row(Team, id=1, meta=Later(3)).meta.size == 3


def test_a_self_reference_and_a_forward_reference() -> None:
    found = {each.name: each.references for each in describe(User).columns}
    manager, team = found["manager_id"], found["team_id"]
    assert manager is not None
    assert team is not None
    assert manager.column("") == User.id.node
    assert team.column("") == Team.id.node


def test_types_local_to_a_function() -> None:
    class Local(msgspec.Struct):
        x: int

    class Place(Table, name="places"):
        id: Col[int] = column(primary_key=True)
        local: Col[Local | None] = column(pg.jsonb)
        after: Col[After] = column(pg.jsonb)

    class After(msgspec.Struct):
        y: int

    assert Place.local.python is Local
    assert Place.after.python is After


def test_a_type_imported_for_checkers_alone_is_explained() -> None:
    class Basket(Table, name="baskets"):
        id: Col[int] = column(primary_key=True)
        items: Col[OrderedDict[str, int]] = column(pg.jsonb)

    with pytest.raises(
        DefinitionError,
        match=r"baskets\.items: its annotation .*OrderedDict.* uses 'OrderedDict'",
    ):
        select(Basket)
    with pytest.raises(DefinitionError, match="outside of `if TYPE_CHECKING:`"):
        Basket.items


def test_what_could_not_be_checked_at_first_is_checked_later() -> None:
    class Wrong(Table, name="wrongs"):
        id: Col[int] = column(primary_key=True)
        soon: Col[Soon] = column(pg.jsonb)
        note: Col[str] = column(default=cast("Any", None))

    class Soon(msgspec.Struct):
        x: int

    with pytest.raises(DefinitionError, match=r"wrongs\.note: its default is None"):
        describe(Wrong)


def test_names_that_mean_something_elsewhere() -> None:
    assert Names.name.label == "names.name"
    assert Names.type.label == "names.type"
    assert Names.schema.label == "names.schema"
    assert Names.text.label == "names.text"
    assert getattr(Names, "_rev").label == "names._rev"  # noqa: B009 - private by its name alone
    assert cast("Any", Names.mro).label == "names.mro"
    assert Names.class_.label == "names.class"
    found = names()
    assert (found.name, found.mro, found.class_) == ("n", 2, "c")
    assert b'"class"' not in msgspec.json.encode(found)
    assert str(compile(select(Names.class_).where(Names.select == "y"))) == (
        'SELECT "names"."class"\nFROM "names"\nWHERE "names"."select" = $1::text'
    )


def test_a_postgresql_schema() -> None:
    assert describe(Team).title == "org.teams"
    assert repr(Team) == "<table org.teams>"
    assert 'FROM "org"."teams"' in str(compile(select(Team.id)))


def test_a_table_cannot_be_extended() -> None:
    with pytest.raises(DefinitionError, match=r"class Admin extends the table User: a table cannot be extended"):

        class Admin(User, name="admins"):  # pyright: ignore[reportUnusedClass]
            level: Col[int] = column()


def test_a_table_class_is_frozen() -> None:
    with pytest.raises(AttributeError, match="User is a frozen description: email cannot be assigned"):
        setattr(User, "email", 1)  # noqa: B010 - the checkers refuse the plain way
    with pytest.raises(AttributeError, match="cannot be assigned"):
        setattr(User, "anything", 1)  # noqa: B010
    with pytest.raises(AttributeError, match="User is a frozen description: email cannot be deleted"):
        delattr(User, "email")


def test_table_classes_compare_by_identity_their_descriptions_by_content() -> None:
    def make() -> type[Table]:
        class Thing(Table, name="things"):
            id: Col[int] = column(primary_key=True)
            active: Col[bool] = column(default=True)
            parent: Col[int | None] = column(references=lambda: Thing.id, default=None)

        return Thing

    one, other = make(), make()
    assert one != other
    assert describe(one) == describe(other)
    assert hash(describe(one)) == hash(describe(other))
    assert describe(one) != describe(Team)


# ---------------------------------------------------------------- a row


def test_a_row_is_frozen() -> None:
    user = ada()
    with pytest.raises(AttributeError):
        setattr(user, "email", "x")  # noqa: B010 - the checkers refuse the plain way


def test_rows_are_equal_by_content_and_hash_by_their_key() -> None:
    assert ada() == ada()
    assert hash(ada()) == hash(ada())  # although it holds lists
    assert len({ada(), ada()}) == 1
    assert names() != cast("object", ada())


def test_a_row_without_a_key_hashes_by_its_values() -> None:
    assert hash(Summary("a", 1)) == hash(Summary("a", 1))
    assert Summary("a", 1) == Summary("a", 1)


def test_a_row_is_copied_and_pickled() -> None:
    user = ada()
    assert pickle.loads(pickle.dumps(user)) == user
    assert copy.copy(user) == user
    assert copy.deepcopy(user) == user
    assert copy.deepcopy(user).tags is not user.tags


@pytest.mark.skipif(sys.version_info < (3, 13), reason="copy.replace is new in Python 3.13")
def test_copy_replace() -> None:
    copy_replace: Any = getattr(copy, "replace")  # noqa: B009 - the checkers look at Python 3.11
    assert copy_replace(ada(), email="b@example.com").email == "b@example.com"


def test_replace_as_python_313_calls_it() -> None:
    user = cast("Any", ada())
    assert user.__replace__(email="b@example.com").email == "b@example.com"
    assert user.__replace__(email="b@example.com") != user


def test_a_row_matches() -> None:
    match ada():
        case User(email="ada@example.com", id=number):
            assert number == 1
        case _:
            pytest.fail("no match")


def test_a_row_is_json_both_ways() -> None:
    user = ada()
    text = msgspec.json.encode(user)
    assert msgspec.json.decode(text, type=User) == user
    assert b'"created_at":"2025-01-02T03:04:05.678901Z"' in text
    assert msgspec.json.decode(msgspec.json.encode(names()), type=Names) == names()
    with pytest.raises(msgspec.ValidationError, match=r"\$\.tags\[0\]"):
        msgspec.json.decode(text.replace(b'"x"', b"5"), type=User)


def test_json_schema_of_a_row() -> None:
    document = msgspec.json.schema(User)
    found = document["$defs"]["User"]
    assert set(found["required"]) == {each.attribute for each in describe(User).columns}
    assert found["properties"]["nickname"] == {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert document["$defs"]["Meta"]["properties"]["source"] == {"type": "string"}


def test_a_uuid_key() -> None:
    class Token(Table, name="tokens"):
        id: Col[UUID] = column(primary_key=True, default=fn.gen_random_uuid())

    token = Token(id=UUID(int=1))
    assert msgspec.json.encode(token) == b'{"id":"00000000-0000-0000-0000-000000000001"}'


def test_one_record_says_what_is_known_of_a_class() -> None:
    """Beside it, and what Python and msgspec keep there, every name is a column's."""

    class Wheel(Table, name="wheels"):
        id: Col[int] = column(primary_key=True, default=identity())

    class Plain(msgspec.Struct, frozen=True):
        id: int

    for use in (new, patch, select, describe):
        use(cast("Any", Wheel))
    assert vars(Wheel).keys() - vars(Plain).keys() == {"__qb__", "__hash__"}
