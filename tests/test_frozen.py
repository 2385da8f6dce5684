"""Frozen values: one base refuses what would change them, in the words of each kind."""

import ast
import copy
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest

from qb import Col, Table, alias, column, fn, identity, pg, references, select, sql
from qb.declare.spec import ColumnOptions, Reference
from qb.frozen import Frozen, FrozenStruct
from qb.query.expr.typed import Typed
from tests.sources import nodes

T = TypeVar("T")
QB = Path(__file__).resolve().parent.parent / "qb"


class Note(Table, name="frozen_notes"):
    id: Col[int] = column(primary_key=True, default=identity())
    text: Col[str]


VALUES: dict[str, tuple[Any, str]] = {
    "a column": (Note.text, "an expression is a frozen value"),
    "an expression": (Note.id + 1, "an expression is a frozen value"),
    "a call": (fn.now(), "an expression is a frozen value"),
    "a column of a class body": (column(default=1), "an expression is a frozen value"),
    "an ordering": (Note.id.desc(), "an ordering is a frozen value"),
    "an assignment": (Note.text.to("x"), "an assignment is a frozen value"),
    "a statement": (select(Note), "a statement is a frozen value: its methods return new ones"),
    "a relation": (alias(Note, "n"), "a relation is a frozen value"),
    "a piece of SQL": (sql("now()"), "a piece of SQL is a frozen value"),
    "a type": (pg.varchar(80), "<type varchar(80)> is a frozen value"),
    "a foreign key": (references(Note.id), "a reference is a frozen value"),
    "what it refers to": (Reference(Note.id), "a reference is a frozen value"),
    "the options of a column": (ColumnOptions(), "the options of a column are frozen"),
}


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("attribute", ["node", "name", "anything"])
def test_nothing_can_be_assigned(name: str, attribute: str) -> None:
    value, said = VALUES[name]
    with pytest.raises(AttributeError) as raised:
        setattr(value, attribute, 1)
    assert str(raised.value) == said


@pytest.mark.parametrize("name", VALUES)
def test_a_copy_is_the_value_itself(name: str) -> None:
    value, _ = VALUES[name]
    assert copy.copy(value) is value
    assert copy.deepcopy([value])[0] is value


@pytest.mark.parametrize("name", VALUES)
def test_they_have_one_base(name: str) -> None:
    value, _ = VALUES[name]
    assert issubclass(type(value), Frozen)


def test_a_class_that_says_nothing_is_called_by_its_repr() -> None:
    class Pair(FrozenStruct):
        one: int
        other: int = 2

    pair: Any = Pair(1)
    assert (pair.one, pair.other) == (1, 2)
    assert pair != Pair(1)
    with pytest.raises(AttributeError, match=r"^Pair\(one=1, other=2\) is a frozen value$"):
        pair.one = 3


def test_naming_its_type_shows_no_value() -> None:
    """typing tries to set the alias that was called: to refuse that must cost nothing, whatever the value holds."""

    class Box(FrozenStruct, Generic[T]):
        held: object

        def __repr__(self) -> str:
            raise NotImplementedError

    assert Box[int](1).held == 1


def test_one_module_sets_what_is_frozen() -> None:
    """`fix` gives a frozen value its parts; whoever calls it has it from there."""
    found = {
        path.relative_to(QB).as_posix()
        for path in QB.rglob("*.py")
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and node.attr == "__setattr__" and ast.unparse(node.value) == "object"
    }
    assert found == {"frozen.py"}


def test_fix_is_called_where_a_value_is_made() -> None:
    outside: list[str] = []
    for path in QB.rglob("*.py"):
        for function in nodes(path):
            if isinstance(function, ast.FunctionDef) and function.name != "__init__":
                calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
                outside += [path.name for call in calls if isinstance(call.func, ast.Name) and call.func.id == "fix"]
    assert outside == []


def test_an_expression_is_a_typed_node() -> None:
    """What rules take and give: they need no expression, and none is made to carry a type alone."""
    typed = Typed[int](Note.id.node, pg.bigint, int, False)
    assert issubclass(type(Note.id), Typed)
    assert not hasattr(typed, "is_null")
