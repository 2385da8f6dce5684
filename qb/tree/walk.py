"""The key of a tree: its shape, which is everything but the values, and its values in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, Final, NamedTuple, assert_never

from msgspec.structs import astuple

from qb.tree.expressions import Bind, ColumnNode, Infix
from qb.tree.node import Node, fields_of
from qb.tree.relations import AliasSource, QuerySource, RecursiveSource, Relation, TableSource
from qb.tree.select import SelectNode
from qb.tree.shapes import EntityShape, MappedShape, NestedShape, RowShape, ScalarShape
from qb.tree.slots import leaves
from qb.tree.twice import original, written_twice
from qb.tree.union import SetNode

_PLAIN = frozenset((str, bool, int, type(None)))


def shape_key(node: object) -> tuple[object, ...]:
    """The tree without its values: two queries with the same key have the same SQL, encoders and decoder."""
    return walked(node).key


def same(first: object, second: object) -> bool:
    """Whether two trees give the same SQL with the same values, and what is done to their rows is the same code."""
    (key, values), (other_key, other_values) = walk(first), walk(second)
    if len(key) != len(other_key) or len(values) != len(other_values):
        return False
    if any(not _alike(a, b) for a, b in zip(key, other_key, strict=True)):
        return False
    pairs = zip(values, other_values, strict=True)
    return all(type(a.value) is type(b.value) and _equal(a.value, b.value) for a, b in pairs)


def _equal(a: object, b: object) -> bool:
    return bool(a == b) or repr(a) == repr(b)  # NaN equals nothing


def _alike(a: object, b: object) -> bool:
    if isinstance(a, FunctionType) and isinstance(b, FunctionType):
        return a.__code__ is b.__code__  # a lambda with a closure is made anew, too
    if isinstance(a, _Itself) and isinstance(b, _Itself):
        return bool(a.function == b.function)
    return a == b


def walk(node: object) -> tuple[tuple[object, ...], list[Bind]]:
    """The shape of a tree and its values, each once, in the order of their first appearance.

    A value that stands in two places (an expression in the select list and in GROUP BY) is one parameter, and the key
    says so: PostgreSQL does not know that `$1` and `$2` hold the same. In the same way the key numbers the aliases,
    CTEs and subqueries: it says which columns are of one relation, and two builds of one query have the same key.
    """
    key, values, _ = walked(node)
    return key, values


class Walked(NamedTuple):
    """What one walk of a tree finds."""

    key: tuple[object, ...]
    values: list[Bind]
    twins: dict[int, Bind]
    """The values, by their id, that share the parameter of another one (see `qb/tree/twice.py`): part of the key."""


def walked(node: object) -> Walked:
    """The same as `walk`, and which values share their parameters."""
    key: list[object] = []
    binds: dict[int, int] = {}
    values: list[Bind] = []
    relations: dict[int, tuple[object, ...]] = {}
    alike: dict[int, Bind] = {}
    add = key.append
    stack: list[Any] = [node]
    push, pop = stack.append, stack.pop
    while stack:
        item = pop()
        kind = item.__class__
        if kind is ColumnNode:
            relation = item.relation
            if type(relation) is TableSource:
                add(item)  # no value inside: the node stands for itself
            else:
                add(kind)
                add(item.name)
                add(item.nullable)
                push(relation)
        elif kind is Bind:
            if alike and id(item) in alike:
                # It may have been a parameter of its own further to the left, which it is no more there either.
                before: list[int | None] = []
                while id(item) in alike:
                    before.append(binds.get(id(item)))
                    item = alike[id(item)]
                add(tuple(before))
            position = binds.get(id(item))
            if position is None:
                position = binds[id(item)] = len(values)
                values.append(item)
            add(position)
            add(item.type)
            add(item.column)
        elif kind is Infix:  # these three as the rest below, and quicker
            add(kind)
            add(item.operator)
            push(item.right)
            push(item.left)
        elif kind is tuple:
            add(len(item))
            stack += item[::-1]
        elif kind in _PLAIN:
            add(item)
        elif kind is SelectNode:
            if item.group_by or item.distinct or item.distinct_on:
                written_twice(item, alike)
            fields = astuple(item)
            add(kind)
            add(tuple(map(bool, fields)))
            stack += filter(None, fields[::-1])
        elif (said := _SAID.get(kind)) is not None:
            said(item, key, stack)
        elif kind in _MADE:
            # By place, not by name; and each of its columns brings the same query along.
            again = relations.get(id(item))
            if again is not None:
                add(again)
                continue
            relations[id(item)] = ("again", len(relations))
            add(kind)
            if kind is QuerySource and item.origin is not None:
                add(item.alias)
                push(item.origin)  # which says the rest
            else:
                _say(item, key, stack)
        elif isinstance(item, Node):
            add(kind)
            _say(item, key, stack)
        else:
            add(item)
    return Walked(tuple(key), values, {found: original(bind, alike) for found, bind in alike.items()})


def _say(item: Node, key: list[object], stack: list[Any]) -> None:
    """What a node says itself, and what is in it."""
    kind = type(item)
    plain, holding = kind.counts
    if plain:
        said = kind.plainly(item)
        if plain == 1:
            key.append(said)
        else:
            key += said
    if holding == 1:
        stack.append(kind.inside(item))
    elif holding:
        stack += kind.inside(item)[::-1]


def _entity(item: EntityShape, key: list[object], stack: list[Any]) -> None:
    if (relation := item.relation) is None:
        key.append(EntityShape)
        _say(item, key, stack)
    elif type(relation) is TableSource:  # a whole row: a table has no value inside
        key.append((item.target, relation, item.present is None))
    else:  # the relation says the rest
        key.append((item.target, None, item.present is None))
        stack.append(relation)


def _mapped(item: MappedShape, key: list[object], stack: list[Any]) -> None:
    key += (MappedShape, _told_apart(item.function))
    stack.append(item.items)


def _nested(item: NestedShape, key: list[object], stack: list[Any]) -> None:
    key.append((NestedShape, item.on))
    stack.append(item.query)  # its rows are the query's


def _set(item: SetNode, key: list[object], stack: list[Any]) -> None:
    # What its rows are made of is what those of its sides are; what becomes of them is its own.
    key.append(SetNode)
    fields = (tuple(_said(item.shape)) if each is item.shape else each for each in fields_of(item))
    stack += tuple(fields)[::-1]


_SAID: Final[Mapping[object, Callable[[Any, list[object], list[Any]], None]]] = {
    EntityShape: _entity,
    MappedShape: _mapped,
    NestedShape: _nested,
    SetNode: _set,
}
"""What is said of nodes that others say a part of."""
_MADE: Final = frozenset((AliasSource, QuerySource, RecursiveSource))


class _Itself(NamedTuple):
    """A callable that is equal to itself alone, whatever it says: two that are equal may give different rows."""

    function: Callable[..., Any]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and self.function is other.function

    def __hash__(self) -> int:
        return id(self.function)


def _told_apart(function: Callable[..., Any]) -> object:
    """What a callable is in the key."""
    if isinstance(function, FunctionType):
        if not (function.__closure__ or function.__defaults__ or function.__kwdefaults__):
            return function.__code__, id(function.__globals__)  # a lambda is made anew each time its line runs
        return function
    return function if isinstance(function, type | BuiltinFunctionType | MethodType) else _Itself(function)


def _said(shape: RowShape) -> Iterator[object]:
    """What a shape says besides the expressions that are in it."""
    items = leaves(shape)
    if isinstance(shape, MappedShape):
        yield _told_apart(shape.function)
    yield type(shape)
    yield len(items)
    for item in items:
        match item:
            case ScalarShape(output=output):
                yield from (output.type, output.python, output.optional, output.name, output.table)
            case EntityShape(target=target, fields=fields, outputs=columns):
                yield from (target, fields, *((each.type, each.python, each.optional) for each in columns))
            case NestedShape():
                yield NestedShape
            case _:
                assert_never(item)


def of_one_helper(one: Relation, other: Relation) -> bool:
    """Whether two aliases, CTEs or subqueries are built alike, as two calls of a function make them. The compiler gives
    them different names; two relations of one name that are built in different ways are rather a mistake."""
    alike = isinstance(one, AliasSource | QuerySource) and type(one) is type(other)
    return alike and shape_key(one) == shape_key(other)
