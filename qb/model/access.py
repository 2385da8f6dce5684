"""What a role may do with a table, and which policies it is held to: what follows from roles, grants and policies.

https://www.postgresql.org/docs/current/ddl-rowsecurity.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from qb.model.grant import DefaultPrivileges, GrantDefinition
from qb.model.object import Identity, Object
from qb.model.policy import Policy
from qb.model.role import PUBLIC_ROLE, Membership, Role
from qb.tree.expressions import NameNode
from qb.tree.from_clause import from_clause
from qb.tree.node import Node
from qb.tree.relations import AliasSource, QuerySource, Relation, TableSource
from qb.tree.select import SelectNode
from qb.tree.statements import is_query
from qb.tree.visit import within
from qb.types.identifier import PUBLIC

COMMANDS: Final = ("select", "insert", "update", "delete")
"""What policies are about."""


def acts_as(name: str, objects: Iterable[Object]) -> frozenset[str]:
    """The roles whose rights and policies are those of a role, too: itself, the groups that it inherits from, and
    everybody."""
    roles = {each.name: each for each in objects if isinstance(each, Role)}
    memberships = [each for each in objects if isinstance(each, Membership)]
    found: set[str] = set()
    stack = [name]
    while stack:
        one = stack.pop()
        if one in found:
            continue
        found.add(one)
        by_itself = roles[one].inherit if one in roles else True
        stack += (
            each.of
            for each in memberships
            if each.name == one and (by_itself if each.inherit is None else each.inherit)
        )
    return frozenset((*found, PUBLIC_ROLE))


def bypasses(name: str, objects: Iterable[Object]) -> bool:
    """Whether no policy is asked of a role. (BYPASSRLS is not inherited.)"""
    return any(isinstance(each, Role) and each.name == name and (each.superuser or each.bypassrls) for each in objects)


def granted(table: Identity, who: frozenset[str], objects: Iterable[Object]) -> dict[str, tuple[str, ...]]:
    """What some roles may do with a table by its grants: to the columns, where it is some of them alone."""
    found: dict[str, tuple[str, ...]] = {}
    for each in objects:
        if not isinstance(each, GrantDefinition) or each.on != table or who.isdisjoint(each.roles):
            continue
        columns = each.columns
        for command in each.known if "all" in each.granted else each.granted:
            before = found.get(command, columns)
            found[command] = (*before, *(name for name in columns if name not in before)) if before and columns else ()
    return found


def to_come(table: Identity, who: frozenset[str], objects: Iterable[Object]) -> tuple[str, ...]:
    """What some roles would be given by default privileges, were the table to come after them: `create_all` sets them
    last, and its next run, with a table more, comes after. Those of another owner are about what that one creates."""
    here = table.schema or PUBLIC
    found: set[str] = set()
    for each in objects:
        if isinstance(each, DefaultPrivileges) and each.on == "tables" and each.owner is None:
            if each.schema in (None, here) and not who.isdisjoint(each.roles):
                found.update(COMMANDS if "all" in each.granted else each.granted)
    return tuple(each for each in COMMANDS if each in found)


def policies_of(command: str, who: frozenset[str], policies: Iterable[Policy]) -> tuple[Policy, ...]:
    """The policies that some roles are held to in a command."""
    return tuple(each for each in policies if each.command in (command, "all") and not who.isdisjoint(each.roles))


def conditions(policy: Policy, command: str) -> Iterator[Node]:
    """The conditions of a policy that a command asks: of the rows that are there, and of those that it writes."""
    if policy.using is not None and (command != "insert" or policy.with_check is None):
        yield policy.using.node
    if policy.with_check is not None and command in ("insert", "update"):
        yield policy.with_check.node


def asks(node: Node) -> bool:
    """Whether a condition has a query in it."""
    return any(map(is_query, within(node)))


def tables_read(root: Node) -> frozenset[Identity]:
    """The tables that the queries of a condition read; what its functions read is not known."""
    found: set[Identity] = set()
    stack, seen = [root], set[int]()
    while stack:
        node = stack.pop()
        for each in within(node):
            for relation in _read(each):
                if isinstance(relation, TableSource | AliasSource):
                    found.add(Identity(relation.kind, relation.schema or "", "", relation.name))
                elif isinstance(relation, QuerySource) and id(relation) not in seen:
                    seen.add(id(relation))
                    stack.append(relation.query)
    return frozenset(found)


def _read(node: Node) -> Iterator[Relation]:
    if isinstance(node, SelectNode):
        yield from from_clause(node)
        yield from (join.relation for join in node.joins)
    elif isinstance(node, NameNode) and isinstance(node.relation, Relation) and node.name is None:
        yield node.relation
