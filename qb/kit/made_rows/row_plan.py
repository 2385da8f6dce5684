"""What rows of a table have to be, as far as it says so: what each column holds, keys, checks, foreign keys."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias, cast

from msgspec import UNSET

from qb.declare.description import ColumnInfo
from qb.declare.domain import is_value
from qb.declare.gather import BesideTable, relation_of_table
from qb.declare.table import TableMeta, describe, is_table
from qb.errors import DefinitionError
from qb.kit.made_rows.bounds import ValueBounds, narrow_down
from qb.kit.made_rows.conditions import Unreadable, columns_read, conjuncts, in_sql, value_of
from qb.kit.made_rows.drawn_values import NoValue, ValueSource, WantedValue
from qb.kit.made_rows.row_keys import (
    KeyReference,
    ParentKeys,
    declared_keys,
    declared_references,
    settled_keys,
    settled_references,
)
from qb.model.constraint import Check
from qb.model.domain import Domain, domain_of
from qb.model.table import TableDefinition
from qb.tree.expressions import Bind, ColumnNode, Expression
from qb.tree.node import Node
from qb.tree.relations import TableSource
from qb.tree.visit import rewrite
from qb.types.array import Array
from qb.types.enum import Enum as PgEnum

Fullness: TypeAlias = Literal["any", "short", "whole", "known"]
"""What a row gives: anything that it may; what it has to; all of its columns, with plain defaults taken; anything, but
nothing that the server would make up, except for numbers."""
DRAWS = 20
"""How often a row is drawn again that its checks refuse."""


class RowPlan:
    """How rows of a table are made, where the columns `given` (None: all) are. DefinitionError where none can be.

    What a check means that Python cannot read is an error, too; but with `settled`, the table as its schema has settled
    it, checks, keys and foreign keys are those of that, and the server is left to judge what is not read.
    """

    def __init__(
        self,
        what: str,
        table: type[Any],
        beside: Sequence[object],
        parents: Iterable[object],
        given: Iterable[str] | None,
        *,
        settled: TableDefinition | None = None,
    ) -> None:
        if not is_table(table):
            raise DefinitionError(f"{what} takes a table class, not {table!r}")
        info = describe(table)
        self.what: str = f"{what}({table.__name__})"
        self.columns: dict[str, ColumnInfo] = {column.attribute: column for column in info.columns if column.writable}
        self.all_columns: tuple[ColumnInfo, ...] = info.columns
        self.given: frozenset[str] = frozenset(self.columns if given is None else given)
        if unknown := sorted(self.given - self.columns.keys()):
            raise DefinitionError(f"{self.what}: {', '.join(unknown)} is no column that an insert may give")
        self.attributes: dict[str, str] = {column.name: column.attribute for column in info.columns}
        meta: Any = table
        self.source: TableSource = relation_of_table(meta)
        stands = () if settled is not None else tuple(_beside(table, self.source, beside, self.what))
        self.leaves_to_server: bool = settled is not None
        checks: list[tuple[str | None, Expression]] = []
        if settled is not None:
            checks += ((each.name, each.condition) for each in settled.checks)
        else:
            checks += ((None, column.check) for column in info.columns if column.check is not None)
            checks += ((None, each.condition) for each in stands if isinstance(each, Check))
        checks += (
            (None, each) for column in info.columns for each in _of_domain(domain_of(column.type), column, self.source)
        )
        self.within: dict[str, tuple[Expression, ...]] = {
            column.attribute: tuple(
                each for asked in _of_domain(domain, column, self.source) for each in conjuncts(asked)
            )
            for column in self.columns.values()
            if isinstance(column.type, Array) and (domain := domain_of(column.type.of)) is not None
        }
        """What is asked of each element, as of the column."""
        parts = [(name, each) for name, condition in checks for each in conjuncts(condition)]
        self.conditions: tuple[Expression, ...] = tuple(each for _, each in parts)
        self.check_names: dict[int, str] = {id(each): name for name, each in parts if name is not None}
        self.enums: frozenset[str] = frozenset(
            column.type.base for column in info.columns if isinstance(column.type, PgEnum)
        )
        found = dict(declared_keys(info.columns, stands) if settled is None else settled_keys(settled))
        self.keys: tuple[tuple[str, ...], ...] = tuple(found)
        self.whole: frozenset[tuple[str, ...]] = frozenset(key for key, whole in found.items() if whole)
        """Those in which NULL is a value like others."""
        self.numbered: frozenset[str] = frozenset(
            column.attribute for column in self.columns.values() if column.identity or column.serial is not None
        )
        self.references: tuple[KeyReference, ...] = tuple(
            each
            for each in sorted(
                self._references(info.columns, stands, settled),
                key=lambda each: -len(each.attributes),  # of those that share columns the one that says most
            )
            if not self.given.intersection(each.attributes)
        )
        self.parents: dict[KeyReference, ParentKeys] = (
            self._parents(parents) if settled is None else {each: ParentKeys(()) for each in self.references}
        )
        self.checked: frozenset[str] = frozenset(
            self.attributes[name] for each in self.conditions for name in columns_read(each)
        )
        self.needed: set[str] = {*self.checked}
        self.keyed: set[str] = {self.attributes[name] for key in self.keys for name in key}
        self.needed |= self.keyed
        self.filled_and_checked: frozenset[str] = frozenset(
            each for each in self.checked if each in self.columns and self.columns[each].default is not None
        )
        self.wanted: dict[str, WantedValue] = dict(self._wanted())

    def _references(
        self, columns: Sequence[ColumnInfo], stands: Sequence[Any], settled: TableDefinition | None
    ) -> Iterator[KeyReference]:
        if settled is not None:
            return settled_references(settled, self.attributes, self.columns)
        return declared_references(self.what, columns, stands, self.attributes, self.columns)

    def _parents(self, parents: Iterable[object]) -> dict[KeyReference, ParentKeys]:
        """The values that each foreign key may have, from the rows that it may point to."""
        rows = [(relation_of_table(_table_of(self, row)), row) for row in parents]
        found: dict[KeyReference, ParentKeys] = {}
        for reference in self.references:
            own = [row for source, row in rows if source == reference.target]
            found[reference] = ParentKeys([_key_of(row, reference) for row in own])
            optional = all(self.columns[each].optional for each in reference.attributes)
            skipped = all(not self.columns[each].required for each in reference.attributes)
            if not own and not optional and not skipped:
                names, target = ", ".join(reference.attributes), reference.target.name
                raise DefinitionError(
                    f"{self.what}: {names} points to {target}, and there is no row of it: give some, as in "
                    f"parents=[...], or {names} itself"
                )
        return found

    def _wanted(self) -> Iterator[tuple[str, WantedValue]]:
        bounds: dict[str, ValueBounds] = {}
        for each in self.conditions:
            narrow_down(each, bounds)
        for attribute, column in self.columns.items():
            inner: dict[str, ValueBounds] = {}
            for each in self.within.get(attribute, ()):
                narrow_down(each, inner)
            of, elements = (found.get(column.name, ValueBounds()) for found in (bounds, inner))
            yield attribute, WantedValue(column.type, column.python, of, elements)

    def row(self, source: ValueSource, given: Mapping[str, Any], how: Fullness = "any") -> dict[str, Any]:
        """The values of one row by attribute; columns that PostgreSQL fills are left out. Raises NoValue."""
        values: dict[str, Any] = {}
        for reference in self.references:
            values |= self._referred(reference, source, how, values)
        for attribute, column in self.columns.items():
            if attribute in given:
                values[attribute] = given[attribute]
            elif attribute not in values:
                values[attribute] = self._value(attribute, column, source, how)
        values = {attribute: value for attribute, value in values.items() if value is not UNSET}
        self._judge(values)
        return values

    def _referred(
        self, reference: KeyReference, source: ValueSource, how: Fullness, known: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The columns of a foreign key; those that another one has given already stay as they are."""
        shared = {each: known[each] for each in reference.attributes if known.get(each, UNSET) is not UNSET}
        if any(value is None for value in shared.values()):
            return {}  # nothing is pointed to
        choices = self.parents[reference].having(
            tuple(place for place, each in enumerate(reference.attributes) if each in shared), tuple(shared.values())
        )
        own = [each for each in reference.attributes if each not in shared]
        optional = [each for each in own if self.columns[each].optional]
        if not choices or (optional and how in ("any", "known") and source.choice((False, False, True))):
            # Where one column is NULL nothing is pointed to; where none can be, it is what its default is.
            if shared and not optional:
                raise NoValue(f"{', '.join(reference.attributes)}: no row of {reference.target.name} has these values")
            return dict.fromkeys(optional) if optional else dict.fromkeys(own, UNSET)
        return dict(zip(reference.attributes, source.choice(choices), strict=True))

    def _value(self, attribute: str, column: ColumnInfo, source: ValueSource, how: Fullness) -> Any:
        plain = isinstance(column.default, Bind)
        if how == "whole" and plain:
            return cast("Bind", column.default).value
        if how == "known" and not column.required:
            if attribute in self.numbered or (plain and attribute not in self.keyed and source.choice((True, False))):
                return UNSET
        elif how != "whole" and not column.required:
            free = attribute not in self.needed or column.default is None
            # All would have the same default, or one that only the server knows.
            short = how == "short" and attribute not in (self.keyed if plain else self.filled_and_checked)
            if attribute in self.numbered or short or (free and source.choice((True, False))):
                return UNSET
        if column.optional and how in ("any", "known") and source.choice((False, False, True)):
            return None
        try:
            return self.wanted[attribute].draw(source)
        except NoValue as error:
            if how != "whole" and not column.required:
                return UNSET
            if column.optional:
                return None
            raise NoValue(f"{column.name}: {error}") from None

    def _judge(self, values: Mapping[str, Any]) -> None:
        """Whether the checks let a row pass."""
        row = {self.columns[attribute].name: value for attribute, value in values.items()}
        for column in self.columns.values():
            if column.name not in row and isinstance(column.default, Bind):
                row[column.name] = column.default.value
            elif column.name not in row and column.optional and column.default is None:
                row[column.name] = None
        for condition in self.conditions:
            self._judge_by(condition, row)
        for attribute, conditions in self.within.items():
            name = self.columns[attribute].name
            for element in _elements(row.get(name)):
                for condition in conditions:
                    self._judge_by(condition, {name: element})

    def _judge_by(self, condition: Expression, row: Mapping[str, Any]) -> None:
        read = {name: self.attributes[name] for name in columns_read(condition)}
        names = ", ".join(sorted(read.values()))
        if not read.keys() <= row.keys():
            return  # the server fills one of them, and judges
        try:
            holds = value_of(condition, row, self.enums)
        except Unreadable as error:
            if self.leaves_to_server or self.given.issuperset(read.values()):
                return  # whoever gives the values knows
            raise DefinitionError(
                f"{self.what}: a check on {names} has what Python does not know as PostgreSQL does ({error}): "
                f"say what {names} may be, as in {self.what[:-1]}, {names.partition(',')[0]}=...)"
            ) from None
        if holds is False:
            name = self.check_names.get(id(condition))
            what = "a check" if name is None else f"the check {name}"
            raise NoValue(f"{names}: {what} refuses what was drawn")

    def keys_of(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """What no other row may have, of each key that the row has all of; one that is given is not looked at."""
        found: list[tuple[Any, ...]] = []
        for key in self.keys:
            attributes = [self.attributes[name] for name in key]
            if self.given.issuperset(attributes):
                continue
            if all(values.get(each) is not None for each in attributes) or (
                key in self.whole and self._known(values, key)
            ):
                found.append((key, *(_hashable(in_sql(values.get(each))) for each in attributes)))
        return found

    def _known(self, values: Mapping[str, Any], key: tuple[str, ...]) -> bool:
        """Whether what a row has of a key is known before the server fills it: what is left out is NULL."""
        absent = [self.columns.get(self.attributes[name]) for name in key if self.attributes[name] not in values]
        return all(
            each is not None
            and (each.default is None or (isinstance(each.default, Bind) and each.default.value is None))
            for each in absent
        )

    def failed(self, reason: str) -> DefinitionError:
        """What is told where no row could be made."""
        names = reason.partition(":")[0].split(", ")
        known = {*self.attributes, *self.attributes.values()}.issuperset(names)
        fix = " and ".join(f"{each}=..." for each in names) if known else "parents= or the columns of its keys"
        return DefinitionError(f"{self.what}: no row could be made ({reason}): give {fix}")


def _of_domain(domain: Domain | None, column: ColumnInfo, source: TableSource) -> Iterator[Expression]:
    """What a domain asks of the values of a column, or of the elements in them."""
    own = ColumnNode(source, column.name, column.optional)
    while domain is not None:
        for check in domain.checks:
            yield rewrite(check.condition, _put_for_value(own))
        domain = domain_of(domain.of)


def _elements(value: object) -> Iterator[Any]:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list | tuple):
            waiting += cast("Sequence[object]", each)
        elif each is not None:
            yield each


def _put_for_value(own: ColumnNode) -> Callable[[Node], Node]:
    return lambda node: own if is_value(node) else node


def _beside(table: Any, source: TableSource, more: Sequence[object], what: str) -> Iterator[Any]:
    """What stands beside a table where it was written, and what is given."""
    home = sys.modules.get(table.__module__)
    found: dict[int, Any] = {}
    for each in vars(home).values() if home is not None else ():
        if isinstance(each, BesideTable) and each.table == source:
            found[id(each)] = each
    for each in more:
        if not isinstance(each, BesideTable) or each.table != source:
            raise DefinitionError(f"{what} takes what stands beside its table: a check, a key, an index, not {each!r}")
        found[id(each)] = each
    return iter(found.values())


def _key_of(row: Any, reference: KeyReference) -> tuple[Any, ...]:
    kind: Any = row.__class__
    attributes = {column.name: column.attribute for column in describe(kind).columns}
    return tuple(getattr(row, attributes[name]) for name in reference.names)


def _table_of(plan: RowPlan, row: object) -> TableMeta:
    kind: object = type(row)
    if not is_table(kind):
        raise DefinitionError(f"{plan.what}: parents are rows that a query gave, not {type(row).__name__}")
    return kind


def _hashable(value: Any) -> Any:
    return tuple(map(_hashable, cast("list[object]", value))) if isinstance(value, list) else value
