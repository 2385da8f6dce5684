"""What is doubtful about who sees which rows: tables that anybody reaches, row security that shows all or nothing.

https://www.postgresql.org/docs/current/ddl-rowsecurity.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TypeAlias

import msgspec

from qb.declare.always import holds_always
from qb.errors import DefinitionError
from qb.model.access import COMMANDS, acts_as, asks, bypasses, conditions, granted, policies_of, tables_read, to_come
from qb.model.materialized_view import MaterializedView
from qb.model.object import Identity, Object
from qb.model.policy import Policy, is_secured
from qb.model.role import PUBLIC_ROLE, SESSION, Role
from qb.model.schema import Schema
from qb.model.table import TableDefinition
from qb.model.view import View

ExposureKind: TypeAlias = Literal["no row security", "no policy", "every row", "circle", "view"]
"""What is doubtful: rows without protection, without anybody who sees them, with everybody; a query without end; or a
view that asks no policy of its caller."""


class Exposure(msgspec.Struct, frozen=True):
    """What `exposures` found: a table, a role, and what it means for the rows.

    >>> print(Exposure("no row security", "notes", "anon", ("select",), "anon may select all of its rows: ..."))
    notes: anon may select all of its rows: ...
    """

    kind: ExposureKind
    table: str
    role: str
    commands: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        return f"{self.table}: {self.text}"


def exposures(schema: Schema, *roles: Role | str) -> list[Exposure]:
    """What is doubtful about who sees which rows of a schema, for some roles: those that its policies name, unless
    others are given.

    A table without row security that such a role may read or write; one with row security where it has a right and no
    policy, so that it meets no row; a policy that shows it every row; policies that read each other's tables in a
    circle, which PostgreSQL refuses when they are asked; a view that reads a table with row security as its owner does,
    and a materialized view, which has the rows of whoever refreshed it. What is right may be doubtful as well: it is a
    list to look at. It follows from what is declared: rights that somebody else has given are not known.
    Errors: DefinitionError for a role that is not in the schema.

    >>> anon = role("anon", external=True)
    >>> class Note(Table, name="notes"):
    ...     id: Col[int] = column(primary_key=True)
    >>> for each in exposures(schema(Note, anon, grant("select", on=Note, to=anon)), anon):
    ...     print(each)
    notes: anon may select, and there is no row security, so it meets every row: say rls=True, and give it a policy
    """
    objects = schema.objects
    known = {each.name for each in objects if isinstance(each, Role)}
    policies = {table.identity: _policies(table) for table in schema.tables}
    names = [each.name if isinstance(each, Role) else each for each in roles] or sorted(
        {role for found in policies.values() for each in found for role in each.roles} - {PUBLIC_ROLE, *SESSION}
    )
    for name in names:
        if name not in known and name != PUBLIC_ROLE:
            raise DefinitionError(f"exposures: the role {name!r} is not in the schema: add it, or name one that is")
    found: list[Exposure] = []
    for table in sorted(schema.tables, key=lambda each: each.identity):
        if not table.external:
            for name in names:
                found += _of(table, name, objects, policies)
    secured = {each.identity for each in schema.tables if is_secured(each.attached)}
    views = {each.identity: each for each in schema.others if isinstance(each, View | MaterializedView)}
    for view in views.values():
        if read := _read_as_owner(view, secured, views):
            for name in names:
                found += _through(view, read, name, objects)
    return found


def _policies(table: TableDefinition) -> tuple[Policy, ...]:
    return tuple(each for each in table.attached if isinstance(each, Policy))


def _of(
    table: TableDefinition, name: str, objects: Iterable[Object], policies: Mapping[Identity, tuple[Policy, ...]]
) -> Iterator[Exposure]:
    who = acts_as(name, objects)
    may = _rights(table.identity, who, objects)
    if bypasses(name, objects):
        return
    if not is_secured(table.attached):
        open_ = "and there is no row security, so it meets every row: say rls=True, and give it a policy"
        if may:
            yield Exposure("no row security", table.title, name, may, f"{name} may {_listed(may)}, {open_}")
        if more := tuple(each for each in to_come(table.identity, who, objects) if each not in may):
            said = f"{name} may {_listed(more)} by default privileges, where the table comes after them"
            yield Exposure("no row security", table.title, name, more, f"{said}, {open_}")
        return
    own = policies[table.identity]
    if none := tuple(each for each in may if not any(not one.restrictive for one in policies_of(each, who, own))):
        told = f"{name} may {_listed(none)}, and no policy lets it, so it meets no row there"
        yield Exposure("no policy", table.title, name, none, f"{told}: give it one, or take the right away")
    for command in may:
        for each in policies_of(command, who, own):
            if not each.restrictive and any(map(holds_always, conditions(each, command))):
                told = f"the policy {each.name} lets {name} {command} every row: see that it is meant"
                yield Exposure("every row", table.title, name, (command,), told)
    if "truncate" in granted(table.identity, who, objects):
        told = f"{name} may truncate, which asks no policy: grant the privileges that it needs by their names"
        yield Exposure("every row", table.title, name, ("truncate",), told)
    for command in may:
        if circle := _circle(table.identity, command, who, policies):
            told = f"its policies for {command} end nowhere: {' reads '.join(each.title for each in circle)}"
            fix = "ask in a function with security definer, whose query is held to none"
            yield Exposure("circle", table.title, name, (command,), f"{told}: {fix}")
            break


def _rights(table: Identity, who: frozenset[str], objects: Iterable[Object]) -> tuple[str, ...]:
    rights = granted(table, who, objects)
    return tuple(each for each in COMMANDS if each in rights)


def _read_as_owner(
    view: View | MaterializedView, secured: set[Identity], views: Mapping[Identity, View | MaterializedView]
) -> list[Identity]:
    """The tables with row security whose rows a view has by the rights of an owner, its own or that of a view in it."""
    found, seen = set[Identity](), set[tuple[Identity, bool]]()
    stack: list[tuple[View | MaterializedView, bool]] = [(view, False)]
    while stack:
        each, stored = stack.pop()
        stored = stored or isinstance(each, MaterializedView)
        if (each.identity, stored) in seen:
            continue
        seen.add((each.identity, stored))
        if stored or not (isinstance(each, View) and each.security_invoker):
            found |= secured.intersection(each.needs)
        # One that reads as its caller does so in others, too, unless what it read is stored.
        stack += ((views[need], stored) for need in each.needs if need in views)
    return sorted(found)


def _through(
    view: View | MaterializedView, read: list[Identity], name: str, objects: Iterable[Object]
) -> Iterator[Exposure]:
    may = _rights(view.identity, acts_as(name, objects), objects)
    if isinstance(view, MaterializedView):
        may = tuple(each for each in may if each == "select")
    if bypasses(name, objects) or not may:
        return
    tables = _listed(tuple(each.title for each in read))
    if isinstance(view, MaterializedView):
        why, fix = "has the rows of whoever refreshed it", "take the right away, or read the table"
    else:
        does = "reads" if may == ("select",) else "reads and writes" if "select" in may else "writes"
        why, fix = f"{does} it with the rights of an owner", "say security_invoker=True, of the views in it, too"
    told = f"{name} may {_listed(may)}, and it {why}, so that no policy of {tables} is asked of {name}: {fix}"
    yield Exposure("view", view.identity.title, name, may, told)


def _circle(
    table: Identity, command: str, who: frozenset[str], policies: Mapping[Identity, tuple[Policy, ...]]
) -> tuple[Identity, ...]:
    """The way from a table back to it through the queries of policies. What they read is selected."""
    stack: list[tuple[Identity, str, tuple[Identity, ...]]] = []
    stack.append((table, command, ()))
    while stack:
        at, how, path = stack.pop()
        asked = [
            node for each in policies_of(how, who, policies.get(at, ())) for node in conditions(each, how) if asks(node)
        ]
        if asked and at in path:
            return (*path[path.index(at) :], at)
        if at not in path:
            read = {each for node in asked for each in tables_read(node)}
            stack += ((each, "select", (*path, at)) for each in sorted(read))
    return ()


def _listed(words: tuple[str, ...]) -> str:
    *before, last = words
    return f"{', '.join(before)} and {last}" if before else last
