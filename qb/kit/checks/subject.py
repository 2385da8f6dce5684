"""What is looked at: a catalog's objects by their tables, and who may reach them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple, TypeVar

from qb.kit.catalog import Catalog
from qb.kit.checks.sql_text import IndexParts, index_parts
from qb.kit.checks.usage import Usage
from qb.kit.facts.base import Fact
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.grant import DefaultPrivilegesFact, GrantFact
from qb.kit.facts.index import IndexFact
from qb.kit.facts.policy import PolicyFact
from qb.kit.facts.role import MembershipFact, RoleFact
from qb.kit.facts.schema import SchemaFact
from qb.kit.facts.table import TableFact
from qb.kit.facts.type import DomainFact
from qb.kit.facts.view import ViewFact
from qb.kit.qualified import parts, routine_parts
from qb.model.access import COMMANDS
from qb.model.filter import Filter
from qb.model.object import Identity
from qb.model.schema import Schema
from qb.types.identifier import PUBLIC

_F = TypeVar("_F", bound=Fact)
_LIMITS: Final = re.compile(r"\(\d+(?:,-?\d+)?\)")
_SHORT: Final = {
    "smallint": "int2",
    "integer": "int4",
    "bigint": "int8",
    "timestamp without time zone": "timestamp",
    "time with time zone": "timetz",
    "character": "bpchar",
}
"""How the catalog calls what SQL calls otherwise, of the types that lints are about."""
_VIEWS: Final = ("view", "materialized view")
_WITH_SIGNATURE: Final = ("function", "procedure", "aggregate")

Where = tuple[str, str]
"""A schema, and the name of a table in it."""


class TableIndex(NamedTuple):
    """An index of a table, with what it is made of."""

    identity: Identity
    fact: IndexFact
    parts: IndexParts
    constraint: str | None
    """The kind of the constraint that it holds."""


class TableKey(NamedTuple):
    """A constraint of a table."""

    identity: Identity
    fact: ConstraintFact


class Subject:
    """A catalog as lints look at it: what is ours of it, by tables."""

    def __init__(
        self, catalog: Catalog, schema: Schema | None, of: Filter, exposed: tuple[str, ...], usage: Usage | None
    ) -> None:
        self.catalog: Final = catalog
        self.usage: Final = usage
        self._of = of
        self._declared = None if schema is None else _declared(schema)
        roles = {identity.name for identity in catalog.of(RoleFact)}
        self.exposed: Final = tuple(each for each in exposed if each in roles)
        """The roles of those who come from outside, as far as there are such."""
        self.tables: Final[Mapping[Identity, TableFact]] = self.ours(TableFact)
        """Ours, partitions included."""
        self.columns: Final = self._columns()
        self.indexes: Final = self._indexes()
        self.constraints: Final = self._constraints()
        self.policies: Final = self._policies()
        kinds = ("table", "foreign table", *_VIEWS)
        self._relations = {(each.schema, each.name): each for each in catalog if each.kind in kinds}
        self._groups = self._memberships()
        self._rights = self._granted()
        self._enters = self._usage()

    def ours(self, fact: type[_F]) -> dict[Identity, _F]:
        """What is ours of the objects with such facts; what is in a table, where the table is."""
        return {
            identity: each
            for identity, each in self.catalog.of(fact).items()
            if each.extension is None and self.is_ours(identity)
        }

    def is_ours(self, identity: Identity) -> bool:
        """Whether an object is looked at."""
        if identity.kind == "schema":
            covered = self._of.has(identity.name)
        else:
            covered = self._of.covers(identity.schema or None, identity.table or identity.name)
        if not covered:
            return False
        return self._declared is None or _root(identity) in self._declared

    @property
    def whole(self) -> Iterator[tuple[Identity, TableFact]]:
        """The tables, without partitions: what is of those is said of what they are parts of."""
        return ((identity, fact) for identity, fact in self.tables.items() if fact.bound is None)

    def of_table(self, identity: Identity) -> dict[str, ColumnFact]:
        """The columns of a table by their names, in their order."""
        return self.columns.get((identity.schema, identity.name), {})

    def keys(self, identity: Identity, kind: str) -> list[TableKey]:
        """The constraints of one kind on a table."""
        found = self.constraints.get((identity.schema, identity.name), [])
        return [each for each in found if each.identity.kind == kind]

    def acts_as(self, role: str) -> set[str]:
        """A role, the groups that it is in, and everybody."""
        return {*self._groups.get(role, ()), role, "public"}

    def enters(self, role: str, schema: str) -> bool:
        """Whether a role may use what is in a schema."""
        return not self.acts_as(role).isdisjoint(self._enters.get(schema, ()))

    def reached(self, identity: Identity) -> dict[str, tuple[str, ...]]:
        """What the roles of those who come from outside may do with a table or a view, and everybody ("public")."""
        found: dict[str, tuple[str, ...]] = {}
        for role in (*self.exposed, "public"):
            rights: set[str] = set()
            itself = self.acts_as(role)
            if not self.enters(role, identity.schema):
                continue
            for each in itself:
                rights |= self._rights.get((identity.schema, identity.name, each), set())
                for schema in ("", identity.schema):
                    rights |= self._rights.get((schema, "", each), set())
            if may := tuple(each for each in COMMANDS if each in rights):
                found[role] = may
        everybodys = found.get("public", ())
        return {role: may for role, may in found.items() if role == "public" or may != everybodys}

    def read_by(self, identity: Identity) -> frozenset[Identity]:
        """The tables and views that an object needs. Of those of which it uses columns the server names these alone."""
        places = ((need.schema, need.table or need.name) for need in self.catalog.needs(identity))
        return frozenset(self._relations[each] for each in places if each in self._relations)

    def base_of(self, column: ColumnFact) -> str:
        """The type of a column as the catalog calls it; of a domain what it is over, of an array its elements'."""
        base, seen = column.base, set[Identity]()
        while True:
            schema, name = parts(base)
            domain = Identity("domain", schema, "", name)
            fact = self.catalog.get(domain)
            if not isinstance(fact, DomainFact) or domain in seen:
                return base
            seen.add(domain)
            base = _LIMITS.sub("", fact.base).removesuffix("[]")
            base = _SHORT.get(base, base)

    def base_tables(self, view: Identity) -> frozenset[Identity]:
        """The tables that a view reads with the rights of an owner, its own or that of a view in it."""
        return frozenset[Identity]().union(*self.owners_views(view).values())

    def owners_views(self, view: Identity) -> dict[Identity, frozenset[Identity]]:
        """The views that read tables with the rights of their owners, a view and those in it; and these tables."""
        found, seen = dict[Identity, frozenset[Identity]](), set[Identity]()
        stack = [view]
        while stack:
            each = stack.pop()
            if each in seen:
                continue
            seen.add(each)
            fact = self.catalog.get(each)
            needs = self.read_by(each)
            stack += (need for need in needs if need.kind in _VIEWS)
            if each.kind == "materialized view" or not (isinstance(fact, ViewFact) and asks_its_caller(fact)):
                found[each] = frozenset(need for need in needs if need.kind in ("table", "foreign table"))
        return found

    def _columns(self) -> dict[Where, dict[str, ColumnFact]]:
        found: dict[Where, dict[str, ColumnFact]] = defaultdict(dict)
        for identity, fact in sorted(self.catalog.of(ColumnFact).items(), key=lambda item: item[1].position):
            if identity.kind == "column":
                found[identity.schema, identity.table][identity.name] = fact
        return found

    def _indexes(self) -> dict[Where, list[TableIndex]]:
        held = {(each.schema, each.table, each.name): each for each in self.catalog.of(ConstraintFact)}
        found: dict[Where, list[TableIndex]] = defaultdict(list)
        for identity, fact in self.catalog.of(IndexFact).items():
            key = None if fact.constraint is None else held.get((identity.schema, identity.table, fact.constraint))
            definition = fact.definition
            if key is not None:
                constraint = self.catalog[key]
                definition = constraint.definition if isinstance(constraint, ConstraintFact) else None
            if definition is not None:
                index = TableIndex(identity, fact, index_parts(definition), None if key is None else key.kind)
                found[identity.schema, identity.table].append(index)
        return found

    def _constraints(self) -> dict[Where, list[TableKey]]:
        found: dict[Where, list[TableKey]] = defaultdict(list)
        for identity, fact in self.catalog.of(ConstraintFact).items():
            found[identity.schema, identity.table].append(TableKey(identity, fact))
        return found

    def _policies(self) -> dict[Where, dict[Identity, PolicyFact]]:
        found: dict[Where, dict[Identity, PolicyFact]] = defaultdict(dict)
        for identity, fact in self.catalog.of(PolicyFact).items():
            found[identity.schema, identity.table][identity] = fact
        return found

    def _memberships(self) -> dict[str, set[str]]:
        """The groups whose rights a role has, by role."""
        inherits = {identity.name: fact.inherit for identity, fact in self.catalog.of(RoleFact).items()}
        above: dict[str, set[str]] = defaultdict(set)
        for fact in self.catalog.of(MembershipFact).values():
            if inherits.get(fact.role, True) if fact.inherit is None else fact.inherit:
                above[fact.role].add(fact.group)
        for role in (whole := {each: set(groups) for each, groups in above.items()}):
            stack = list(whole[role])
            while stack:
                stack += (new := above.get(stack.pop(), set()) - whole[role])
                whole[role] |= new
        return whole

    def _granted(self) -> dict[tuple[str, str, str], set[str]]:
        """Rights by schema, table and role; without a table those that default privileges give."""
        found: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        for identity, fact in self.catalog.of(GrantFact).items():
            if fact.kind in ("table", "foreign table", *_VIEWS):
                found[identity.schema, fact.object, fact.role].update(_words(fact.privileges))
            elif fact.kind == "column":
                found[identity.schema, identity.table, fact.role].update(_words(fact.privileges))
        for identity, default in self.catalog.of(DefaultPrivilegesFact).items():
            if default.on == "tables":
                found[identity.schema, "", default.role].update(_words(default.privileges))
        return found

    def _usage(self) -> dict[str, set[str]]:
        """Who may look into each schema: its owner, who was let, and of `public` everybody who was not shut out."""
        found = {each.name: {fact.owner} for each, fact in self.catalog.of(SchemaFact).items()}
        found.setdefault(PUBLIC, set()).add("public")
        for fact in self.catalog.of(GrantFact).values():
            if fact.kind == "schema":
                let = found.setdefault(fact.object, set())
                let.discard(fact.role)
                if "usage" in _words(fact.privileges):
                    let.add(fact.role)
        return found


def asks_its_caller(view: ViewFact) -> bool:
    """Whether a view reads with the rights of whoever reads it (security_invoker)."""
    return not {"security_invoker=true", "security_invoker=on", "security_invoker=1"}.isdisjoint(view.options)


def _words(privileges: Iterable[str]) -> set[str]:
    return {each.partition(" ")[0] for each in privileges}


def in_catalog(identity: Identity) -> Identity:
    """A declared identity as the catalog has it: in "public" where it names no schema, a function without its types."""
    name = routine_parts(identity.name)[0] if identity.kind in _WITH_SIGNATURE else identity.name
    schema = identity.schema or ("" if identity.kind in _NOWHERE else PUBLIC)
    return Identity(identity.kind, schema, identity.table, name)


_NOWHERE: Final = frozenset(("schema", "extension", "role", "membership", "publication", "event trigger", "database"))


def _root(identity: Identity) -> tuple[str, str]:
    """Of what stands in a table the table; by schema and name, as tables and views share theirs."""
    here = in_catalog(identity)
    return (here.schema, here.table or here.name)


def _declared(schema: Schema) -> frozenset[tuple[str, str]]:
    """What is declared and ours."""
    tables = (each.identity for each in schema.tables if not each.external)
    others = (each.identity for each in schema.others if not each.external)
    more = (Identity("extension", "", "", name) for name in schema.extensions)
    spaces = (Identity("schema", "", "", name) for name in (*schema.namespaces, PUBLIC))
    return frozenset(map(_root, (*tables, *others, *more, *spaces)))
