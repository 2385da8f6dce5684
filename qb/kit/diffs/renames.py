"""What is called otherwise in the second catalog, as people say it, and who is who then."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from qb.errors import DefinitionError
from qb.frozen import FrozenStruct
from qb.kit.catalog import Catalog
from qb.kit.diffs.spelling import same_once_renamed
from qb.kit.facts.base import Fact
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.grant import DefaultPrivilegesFact, GrantFact
from qb.kit.facts.kinds import OF_ROUTINES, READ_AS_TABLES
from qb.kit.facts.table import TableFact
from qb.kit.qualified import parts, routine_parts
from qb.model.object import Identity

_CALLED_BY_SERVERS: Final = (ConstraintFact, GrantFact, DefaultPrivilegesFact)
_BY_ITSELF: Final = (*READ_AS_TABLES, "column", "attribute")


class Renames(FrozenStruct):
    """Who is called otherwise: of the first catalog's objects those of the second."""

    known: Mapping[Identity, Identity]
    wholes: Mapping[tuple[str, str], tuple[str, str]]
    """What holds others, a table or a type: schema and name, before and after."""
    schemas: Mapping[str, str]
    names: Mapping[str, str]
    """What is no column, by names alone, as they stand in SQL."""
    following: Mapping[str, str]
    """All of it, for names that follow from names."""

    def of(self, identity: Identity) -> Identity:
        """What the second catalog calls an object of the first."""
        if not self.known:
            return identity
        if (found := self.known.get(identity)) is not None:
            return found
        schema = self.schemas.get(identity.schema, identity.schema)
        if identity.table:
            schema, table = self.wholes.get((identity.schema, identity.table), (schema, identity.table))
            return Identity(identity.kind, schema, table, identity.name)
        return Identity(identity.kind, schema, "", identity.name)

    def column(self, schema: str, table: str, name: str) -> str:
        """What a column is called."""
        return self.of(Identity("column", schema, table, name)).name

    def candidates(self, identity: Identity) -> Iterator[Identity]:
        """What else it may be called, where names follow from names: `tasks_pkey` of a table that was `task`. Those of
        tables, views and columns do not: whoever renames one says so."""
        if identity.kind in _BY_ITSELF:
            return
        plain = self.of(identity)
        named = [(before, after) for before, after in self.following.items() if before in identity.name]
        for before, after in named:
            first = identity.name.replace(before, after)
            yield Identity(plain.kind, plain.schema, plain.table, first)
            for one, other in named:  # a table, and a column of it
                if one in first and (one, other) != (before, after):
                    yield Identity(plain.kind, plain.schema, plain.table, first.replace(one, other))


NO_RENAMES: Final = Renames({}, {}, {}, {}, {})


def renames_of(hints: Mapping[str, str], before: Catalog, after: Catalog) -> Renames:
    """What hints say: `{"table public.task": "tasks", "column public.tasks.title": "headline"}`, what it is in the
    first catalog, and its name in the second (or its title, where it is in another schema).

    Errors: DefinitionError for what neither has, with what is called alike.
    """
    if not hints:
        return NO_RENAMES
    titles = {str(each): each for each in before}
    for said in hints:
        if said not in titles:
            raise DefinitionError(f"renamed: the first side has no {said}{_alike(said, titles)}")
    known: dict[Identity, Identity] = {}
    for said in sorted(hints, key=lambda each: bool(titles[each].table)):  # tables before what is in them
        known[titles[said]] = _renamed(titles[said], hints[said], after, known)
    known |= _inherited(known, before)
    wholes = {
        (one.schema, one.name): (other.schema, other.name)
        for one, other in known.items()
        if not one.table and one.kind not in ("schema", "role", "extension")
    }
    schemas = {one.name: other.name for one, other in known.items() if one.kind == "schema"}
    following = {_plain(one): _plain(other) for one, other in known.items() if one.name != other.name}
    moved = {one.schema: other.schema for one, other in known.items() if one.schema != other.schema}
    columns = {one.name for one in known if one.kind == "column"}
    named = {_plain(one) for one in known if one.kind != "column"}
    names = {before: after for before, after in following.items() if before not in columns or before in named}
    return Renames(known, wholes, schemas, names | moved, following | moved)


def _inherited(known: Mapping[Identity, Identity], before: Catalog) -> dict[Identity, Identity]:
    """The columns that partitions, and tables which inherit, have of columns that are renamed: they are, too."""
    waiting = [each for each in known.items() if each[0].kind == "column"]
    children: dict[Identity, list[Identity]] = defaultdict(list)
    for table, fact in before.of(TableFact).items() if waiting else ():
        for parent in fact.inherits:
            schema, name = parts(parent)
            children[Identity("table", schema, "", name)].append(table)
    found: dict[Identity, Identity] = {}
    while waiting:
        one, other = waiting.pop()
        for child in children[Identity("table", one.schema, "", one.table)]:
            column = Identity("column", child.schema, child.name, one.name)
            of = before.get(column)
            if isinstance(of, ColumnFact) and of.inherited and column not in known and column not in found:
                moved = known.get(Identity("schema", "", "", child.schema))
                now = known.get(child, child if moved is None else Identity("table", moved.name, "", child.name))
                found[column] = Identity("column", now.schema, now.name, other.name)
                waiting.append((column, found[column]))
    return found


def _plain(identity: Identity) -> str:
    """Its name, of a routine without its arguments."""
    return routine_parts(identity.name)[0] if identity.kind in OF_ROUTINES else identity.name


def _renamed(one: Identity, name: str, after: Catalog, known: Mapping[Identity, Identity]) -> Identity:
    """The object of the second catalog that is meant."""
    of_kind = [each for each in after if each.kind == one.kind]
    same = [each for each in of_kind if name in (each.name, each.title, str(each))]
    if one.table:
        table = next((each for before, each in known.items() if _holds(before, one)), None)
        schema = known.get(Identity("schema", "", "", one.schema))
        place = (one.schema if schema is None else schema.name, one.table)
        place = place if table is None else (table.schema, table.name)
        same = [each for each in same if (each.schema, each.table) == place]
    elif len(same) > 1:
        same = [each for each in same if each.schema == one.schema or name == each.title]
    if len(same) != 1:
        raise DefinitionError(
            f"renamed: {one} is to be {name}, and the second side has {'several' if same else 'none'} of that name"
            f"{_alike(name, {each.name: each for each in of_kind})}"
        )
    return same[0]


def _holds(whole: Identity, part: Identity) -> bool:
    return not whole.table and (whole.schema, whole.name) == (part.schema, part.table)


def _alike(said: str, names: Mapping[str, Identity]) -> str:
    near = difflib.get_close_matches(said, names, 1)
    return f": is it {near[0]}?" if near else ""


def is_new_name(before: str, after: str, names: Mapping[str, str]) -> bool:
    """Whether a name is the new one of another, or the same; a routine's ends with its types, which may have new ones.

    >>> is_new_name("title", "headline", {"title": "headline"}), is_new_name("f(mood)", "g(mood)", {"f": "g"})
    (True, True)
    >>> is_new_name("title (all)", "headline (all)", {"title": "headline"})
    False
    """
    if before == after or names.get(before) == after:
        return True
    if not before.endswith(")") or not after.endswith(")"):
        return False
    (mine, types), (theirs, others) = routine_parts(before), routine_parts(after)
    return bool(types) and names.get(mine, mine) == theirs and same_once_renamed(types, others, names)


def shared_key(identity: Identity, fact: Fact, renames: Renames, owners: frozenset[str]) -> Identity:
    """Who an object is in both catalogs, whatever the server calls what nobody names.

    A NOT NULL is its column's, a grant its object's and role's; default privileges are whoever's who runs the script,
    but for the owners that are declared.
    """
    if type(fact) not in _CALLED_BY_SERVERS:
        return renames.of(identity)
    if isinstance(fact, ConstraintFact) and identity.kind == "not null":
        at = renames.of(identity)
        column = fact.columns[0] if fact.columns else ""
        return Identity(at.kind, at.schema, at.table, renames.column(identity.schema, identity.table, column))
    if isinstance(fact, GrantFact):
        return _of_grant(identity, fact, renames)
    if isinstance(fact, DefaultPrivilegesFact):
        owner = f"of {fact.owner} " if fact.owner in owners else ""
        return Identity(identity.kind, renames.of(identity).schema, "", f"{owner}on {fact.on} to {fact.role}")
    return renames.of(identity)


def _of_grant(identity: Identity, fact: GrantFact, renames: Renames) -> Identity:
    whole, column, role = grant_names(identity, fact, renames)
    return Identity(identity.kind, whole.schema, whole.name, f"{fact.kind} {column or ''} to {role}")


def grant_names(identity: Identity, fact: GrantFact, renames: Renames) -> tuple[Identity, str | None, str]:
    """What a grant is on, its column and its role, as they are called afterwards."""
    column = None if fact.column is None else renames.column(identity.schema, fact.object, fact.column)
    role = renames.of(Identity("role", "", "", fact.role)).name
    kinds = READ_AS_TABLES if fact.kind == "column" else (fact.kind,)
    there = [Identity(kind, identity.schema, "", fact.object) for kind in kinds]
    found = (renames.of(each) for each in there)
    whole = next((now for one, now in zip(there, found, strict=True) if now != one), there[0])
    return whole, column, role
