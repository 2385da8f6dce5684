"""What roles may do with an object, as it is declared: ours only where it is, and nothing else is ever revoked.

https://www.postgresql.org/docs/current/ddl-priv.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final, Literal, cast, overload

from qb.errors import DefinitionError
from qb.model.enum import EnumDefinition
from qb.model.named_query import object_in
from qb.model.namespace import Namespace
from qb.model.object import Identity, Standalone, in_schema, of_table
from qb.model.role import Role, needed_roles, of_role, role_names
from qb.model.routine import Routine
from qb.model.sequence import Sequence as NumberSequence
from qb.model.table import RELATION_PRIVILEGES, ColumnDefinition
from qb.query.entity import NamedRow, entity_of
from qb.query.expr.column import Column
from qb.tree.relations import TableSource
from qb.types.identifier import identifier


class GrantDefinition(Standalone, frozen=True):
    """GRANT, of all of an object or of some columns."""

    kind: ClassVar[str] = "grant"
    lives_in_schema: ClassVar[bool] = False
    alters: ClassVar[frozenset[str]] = frozenset(("grantable",))
    on: Identity
    granted: tuple[str, ...]
    columns: tuple[str, ...]
    roles: tuple[str, ...]
    grantable: bool = False
    routine: str = ""
    """The name of a function, without its arguments."""

    @property
    def known(self) -> Mapping[str, int]:
        """What may be granted on it, and since which version."""
        return ColumnDefinition.privileges if self.columns else _KNOWN.get(self.on.kind, {})

    @property
    def needs(self) -> tuple[Identity, ...]:
        """The object and the roles."""
        return (self.on, *needed_roles(self.roles))


class DefaultPrivileges(Standalone, frozen=True):
    """What is granted on objects that are still to come."""

    kind: ClassVar[str] = "default privileges"
    lives_in_schema: ClassVar[bool] = False
    alters: ClassVar[frozenset[str]] = frozenset(("grantable",))
    on: str
    granted: tuple[str, ...]
    roles: tuple[str, ...]
    owner: str | None
    grantable: bool = False

    @property
    def known(self) -> Mapping[str, int]:
        """What may be granted on them, and since which version."""
        return _COMING[self.on]

    @property
    def needs(self) -> tuple[Identity, ...]:
        """The roles, and the schema that it is about."""
        owner = () if self.owner is None else (of_role(self.owner),)
        return (*in_schema(self.schema), *owner, *needed_roles(self.roles))


_KNOWN: Final[Mapping[str, Mapping[str, int]]] = {
    "table": RELATION_PRIVILEGES,
    "view": RELATION_PRIVILEGES,
    "materialized view": RELATION_PRIVILEGES,
    "sequence": NumberSequence.privileges,
    "schema": Namespace.privileges,
    "function": {"execute": 1},
    "procedure": {"execute": 1},
    "enum": EnumDefinition.privileges,
}
_COMING: Final[Mapping[str, Mapping[str, int]]] = {
    "tables": RELATION_PRIVILEGES,
    "sequences": NumberSequence.privileges,
    "functions": {"execute": 1},
    "types": EnumDefinition.privileges,
    "schemas": Namespace.privileges,
}
Privilege = Literal[
    "select",
    "insert",
    "update",
    "delete",
    "truncate",
    "references",
    "trigger",
    "maintain",
    "usage",
    "create",
    "execute",
    "all",
]
"""What there is to grant, each on some kinds of objects."""
Coming = Literal["tables", "sequences", "functions", "types", "schemas"]
"""The kinds of objects that default privileges are about."""
Grantable = type[NamedRow] | Column[Any] | Sequence[Column[Any]] | Standalone | Namespace
"""What privileges are granted on."""
Several = Sequence[type[NamedRow] | Standalone | Namespace]
"""Some of these, of which each has a grant of its own."""


@overload
def grant(
    *privileges: Privilege,
    on: Grantable | None = None,
    schema: str | None = None,
    to: Role | str | Sequence[Role | str],
    grantable: bool = False,
) -> GrantDefinition: ...
@overload
def grant(
    *privileges: Privilege,
    on: Several,
    to: Role | str | Sequence[Role | str],
    grantable: bool = False,
) -> tuple[GrantDefinition, ...]: ...
def grant(
    *privileges: Privilege,
    on: Grantable | Several | None = None,
    schema: str | None = None,
    to: Role | str | Sequence[Role | str],
    grantable: bool = False,
) -> GrantDefinition | tuple[GrantDefinition, ...]:
    """Privileges for roles: `grant("select", "insert", on=User, to=reader)`, or "all" of them.

    They are on a table or a view, on some of its columns (`on=(User.id, User.name)`), on a sequence or another object
    that is declared by itself, or on a PostgreSQL schema (`schema="app"`, or `on=namespace("app")`); for roles, or for
    "public". `grantable` roles may give them to others. On several objects it is a grant for each, as a tuple:
    `schema(*grant("select", on=[User, Task], to=reader))`; in a module it need not be unpacked.
    What nobody declares is never revoked. Errors: DefinitionError for what is no such privilege.
    https://www.postgresql.org/docs/current/sql-grant.html

    >>> reader = role("reader")
    >>> names = grant("select", on=(User.id, User.name), to=reader)
    >>> print(create_all(schema(reader, User, names)).statements[-1])
    GRANT SELECT ("id", "name") ON TABLE "users" TO "reader"
    """
    if (on is None) == (schema is None):
        raise DefinitionError("grant takes either on=, an object, or schema=, a PostgreSQL schema by its name")
    if isinstance(on, (list, tuple)) and on and not any(isinstance(each, Column) for each in cast("Any", on)):
        return tuple(_one(privileges, each, None, to, grantable) for each in cast("tuple[object, ...]", tuple(on)))
    return _one(privileges, on, schema, to, grantable)


def _one(
    privileges: tuple[Privilege, ...],
    on: object,
    schema: str | None,
    to: Role | str | Sequence[Role | str],
    grantable: bool,
) -> GrantDefinition:
    columns: tuple[str, ...] = ()
    routine = ""
    if schema is not None:
        item, known = Namespace(identifier(schema, "the schema of a grant")).identity, Namespace.privileges
    elif isinstance(on, (Column, list, tuple)):
        item, columns = _of_columns(cast("object", on))
        known = ColumnDefinition.privileges
    elif isinstance(on, Namespace):
        item, known = on.identity, on.privileges
    elif (found := object_in(on)) is not None:
        item, known = found.identity, found.privileges
        routine = found.name if isinstance(found, Routine) else ""
    elif (entity := entity_of(on)) is not None and isinstance(entity.relation, TableSource):
        item, known = of_table(entity.relation), RELATION_PRIVILEGES
    else:
        raise DefinitionError(
            f"grant is on a table, a view, columns, a sequence, a function or a namespace, not {on!r}"
        )
    what = f"the grant on {item}"
    named = _checked(what, privileges, known)
    roles = role_names(to, what)
    within = f" ({', '.join(columns)})" if columns else ""
    name = f"{item}.{', '.join(roles)}.{', '.join(named)}{within}"
    return GrantDefinition(None, name, item, named, columns, roles, bool(grantable), routine)


def default_privileges(
    *privileges: Privilege,
    on: Coming,
    to: Role | str | Sequence[Role | str],
    schema: str | None = None,
    owner: Role | None = None,
    grantable: bool = False,
) -> DefaultPrivileges:
    """What roles may do with objects that are still to come: `default_privileges("select", on="tables", to=reader)`.

    It is about those that `owner`, or else whoever runs it, creates, in all schemas or in one. Errors: DefinitionError.
    https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html

    >>> reader = role("reader")
    >>> print(create_all(schema(reader, default_privileges("select", on="tables", to=reader))).statements[-1])
    ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO "reader"
    """
    if on not in _COMING:
        raise DefinitionError(f"default_privileges is on one of {', '.join(_COMING)}, not {on!r}")
    what = f"the default privileges on {on}"
    if schema is not None and on == "schemas":
        raise DefinitionError(f"{what} are not within a schema: drop schema=")
    if schema is not None:
        identifier(schema, f"the schema of {what}")
    if owner is not None and not isinstance(owner, Role):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise DefinitionError(f'{what}: owner is a role, role("owner"), not {owner!r}')
    named, roles = _checked(what, privileges, _COMING[on]), role_names(to, what)
    by = "" if owner is None else f"{owner.name}."
    name = f"{by}{on}.{', '.join(roles)}.{', '.join(named)}"
    return DefaultPrivileges(schema, name, on, named, roles, None if owner is None else owner.name, bool(grantable))


def _of_columns(given: object) -> tuple[Identity, tuple[str, ...]]:
    columns = cast("tuple[object, ...]", tuple(cast("Any", given)) if isinstance(given, (list, tuple)) else (given,))
    found: list[str] = []
    table: TableSource | None = None
    for each in columns:
        relation = each.node.relation if isinstance(each, Column) else None
        if not isinstance(each, Column) or not isinstance(relation, TableSource) or relation != (table or relation):
            if not isinstance(each, Column) and entity_of(each) is not None:
                raise DefinitionError(f"grant is on columns of one table, or on tables, and not on both: {given!r}")
            raise DefinitionError(f"grant is on columns of one table, (User.id, User.name), not {each!r}")
        if each.node.name in found:
            raise DefinitionError(f"the grant on {of_table(relation)} names {each.node.name} twice: drop one of them")
        table = relation
        found.append(each.node.name)
    if table is None:
        raise DefinitionError("grant is on no column: name one")
    return of_table(table), tuple(found)


def _checked(what: str, privileges: tuple[str, ...], known: Mapping[str, int]) -> tuple[str, ...]:
    if not known:
        raise DefinitionError(f"{what}: PostgreSQL grants no privileges on this kind of object")
    if not privileges:
        raise DefinitionError(f"{what} names no privilege: name some of {', '.join(known)}, or all")
    for each in privileges:
        if each not in known and (each != "all" or len(privileges) > 1):
            raise DefinitionError(f'{what}: {each!r} is no privilege on it: there are {", ".join(known)}, or "all"')
    if len(set(privileges)) < len(privileges):
        raise DefinitionError(f"{what} names a privilege twice among {', '.join(privileges)}: drop one")
    return privileges
