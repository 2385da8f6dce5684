"""`path` into a document that is one of several Structs: what all of them have can be reached."""

from typing import Annotated

import pytest
from msgspec import Meta, Struct, field

from qb import Col, QueryError, Table, column, compile, pg, select, sql
from qb.types.annotation import bare


class Cat(Struct, tag="cat"):
    name: Annotated[str, Meta(max_length=3)]
    lives: int
    home: str | None = None


class Dog(Struct, tag="dog"):
    name: Annotated[str, Meta(max_length=9)]
    lives: str
    tricks: list[str] = field(name="knows", default_factory=list[str])
    home: str = ""


class Fox(Struct, tag="fox"):
    tricks: list[str]


class Owner(Struct):
    pet: Cat | Dog
    wild: Cat | Dog | Fox
    clever: Dog | Fox


class House(Table, name="houses"):
    owner: Col[Owner] = column(pg.jsonb)


def test_a_field_that_all_members_have() -> None:
    assert House.owner.path(lambda owner: owner.clever).python == Dog | Fox
    assert House.owner.path(lambda owner: owner.pet.name).type == pg.text
    home = House.owner.path(lambda owner: owner.pet.home)
    assert (home.type, home.python) == (pg.text, str)
    assert str(compile(select(home))).count("->> 'home'") == 1


def test_a_field_of_different_types_is_any_of_them() -> None:
    lives = House.owner.path(lambda owner: owner.pet.lives)
    assert (lives.type, lives.python) == (pg.jsonb, int | str)


def test_a_field_that_one_lacks() -> None:
    with pytest.raises(QueryError, match=r"no field 'name' in all of its members, only in Cat, Dog: read.*as_\(Cat\)"):
        House.owner.path(lambda owner: owner.wild.name)  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownLambdaType, reportUnknownMemberType]


def test_a_field_with_two_names_in_json() -> None:
    with pytest.raises(QueryError, match=r"'tricks', but one of another name in JSON in each of Dog, Fox"):
        House.owner.path(lambda owner: owner.clever.tricks)


def test_a_union_is_read_as_one_of_its_members() -> None:
    tricks = sql("{x}", x=House.owner.path(lambda owner: owner.clever)).as_(Fox).path(lambda fox: fox.tricks[0])
    assert (tricks.type, tricks.python, tricks.optional) == (pg.text, str, True)
    assert "-> 'tricks' ->> $1" in str(compile(select(tricks)))
    name = sql("{x}", x=House.owner.path(lambda owner: owner.wild)).as_(Dog).path(lambda dog: dog.name)
    assert (name.type, bare(name.python)) == (pg.text, str)
