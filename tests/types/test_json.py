"""What a document can be read as: what is refused where it is written is what msgspec reads no document as."""

from __future__ import annotations

import dataclasses
import enum
import ipaddress
import re
import typing
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Generic, NamedTuple, NewType, Protocol, TypedDict, TypeVar, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType

from qb import Col, DefinitionError, Expr, QueryError, Select, Table, column, pg, sql
from qb.types.json import why_no_document

T = TypeVar("T")


class Plain:
    """No class that msgspec knows."""


class Speaks(Protocol):
    def speak(self) -> str: ...


class Shout(str):
    __slots__ = ()


class Struct(msgspec.Struct):
    x: int
    y: str | UnsetType = UNSET
    never: Plain | None = None


class Holds(msgspec.Struct, Generic[T]):
    x: T


class Early(msgspec.Struct):
    x: Later


class Later(msgspec.Struct):
    x: int


@dataclasses.dataclass
class Data:
    x: int
    where: Path = Path()


class Typed(TypedDict):
    x: int


class Tuple(NamedTuple):
    x: int


class Flag(enum.Flag):
    A = 1


class Loose(enum.Enum):
    A = (1, 2)


Bag = NewType("Bag", set[int])
Id = NewType("Id", int)
ByPath = NewType("ByPath", Path)

READ: list[Any] = [
    *(int, str, float, bool, None, object, Any, list, dict, tuple, set, frozenset, Id, Bag, msgspec.Raw),
    *(Struct, Holds, Holds[int], Data, Typed, Tuple, Early, Flag, dict[str, object], Mapping[str, int], list[Struct]),
    *(Sequence[int], Iterable[int], typing.List, typing.Sequence, typing.Dict, tuple[int, str], int | str),  # noqa: UP006
    typing.Annotated[int, msgspec.Meta(gt=1)],
]
UNREAD: list[Any] = [
    *(Plain, Speaks, Shout, Path, Fraction, complex, type, range, Exception, deque, OrderedDict, ipaddress.IPv4Address),
    *(
        Callable,
        Callable[[], int],
        Holds[Plain],
        ByPath,
        Plain | None,
        int | Plain,
        list[int] | list[str],
        Struct | Data,
    ),
    *(Loose, typing.LiteralString, Select[int], Expr[int], Expr),
]
NO_TYPE: list[Any] = [
    *("int", 7, 7.5, b"x", None.__eq__, len, lambda: 1, ..., [int], (int,), {}, pg.bigint, Plain(), Data(1), Struct(1)),
]
REFUSED = {f"{number}: {type(each).__name__}": each for number, each in enumerate([*UNREAD, *NO_TYPE])}
PLAIN: tuple[Any, ...] = (True, 0, 1.5, "", "A", [1], ["a"], {"x": 1}, {"x": {"x": 1}})
DOCUMENTS = [*PLAIN, *(made for each in PLAIN for made in ([each], [each, 1], {"x": each}))]


def branded(python: Any) -> Any:
    new_type: Any = NewType
    return new_type("Branded", python)


def made_of(inner: list[Any]) -> st.SearchStrategy[Any]:
    """Each of them, within something else."""
    item, items, within, pair, held = (cast("Any", each) for each in (list, Sequence, dict, tuple, Holds))
    return st.sampled_from(inner).flatmap(
        lambda each: st.sampled_from(
            [item[each], items[each], within[str, each], pair[each, int], held[each], branded(each)]
        )
    )


@given(made_of([each for each in READ if each is not None]))
def test_what_is_made_of_what_can_be_read_can_be_read(python: Any) -> None:
    assert why_no_document(python) is None
    msgspec.json.Decoder(python)


@given(made_of(UNREAD[:16]))
def test_of_what_is_refused_msgspec_reads_nothing_but_what_is_empty(python: Any) -> None:
    assert why_no_document(python) is not None
    decode = msgspec.json.Decoder(python).decode
    for document in DOCUMENTS:
        with pytest.raises((msgspec.ValidationError, TypeError)):  # a protocol cannot be asked
            decode(msgspec.json.encode(document))


@pytest.mark.parametrize("python", READ, ids=str)
def test_what_can_be_read_is_taken_everywhere(python: Any) -> None:
    assert why_no_document(python) is None
    sql("x").as_(python)

    declare(python)


@pytest.mark.parametrize("python", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_refused_everywhere(python: Any) -> None:
    """With a sentence that says which class, or that it is no type, and what to do."""
    told = r"(no document can be read as|is no type|neither all str nor all int|stands in a query|is what)"
    with pytest.raises(QueryError, match=rf"^as_: .*{told}.*: say (another|the) type"):
        sql("x").as_(python)
    with pytest.raises(QueryError, match=r"^rows"):
        sql("x").rows(python)
    if not isinstance(python, str):  # a name, which is looked up
        with pytest.raises(DefinitionError, match=r"^wrong\.x: .*" + told):
            declare(python)


def declare(python: Any) -> None:
    """A table with a column of that annotation."""
    made: Any = type(Table)
    kind: Any = Col
    body: dict[str, Any] = {"__annotations__": {"x": kind[python]}, "__module__": __name__, "x": column()}
    made("Wrong", (Table,), body, name="wrong")


def test_the_sentence_names_the_place_and_what_to_do() -> None:
    fix = (
        "no document can be read as Plain: one can be read as a Struct, a dataclass, a TypedDict, a dict or a list, "
        "and pg.custom(...) makes a type of what has a text form of its own"
    )
    with pytest.raises(DefinitionError, match=f"^{re.escape(f'wrong.x: {fix}: change the annotation or the type')}$"):
        declare(list[Plain] | None)
    with pytest.raises(QueryError, match=f"^{re.escape(f'as_: {fix}: say another type, such as int')}$"):
        sql("7").as_(Plain)
    with pytest.raises(QueryError, match=r"^rows\(Pair\): b: no document can be read as Plain: "):
        sql("SELECT 1 AS a, 2 AS b").rows(Pair)
    with pytest.raises(QueryError, match=r"^as_: a str is no type: say another type, such as int$"):
        sql("7").as_("int")


class Pair(NamedTuple):
    a: int
    b: Plain
