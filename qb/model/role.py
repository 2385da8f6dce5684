"""Roles, and which are members of which. They belong to the whole server, so other databases may use them, too.

https://www.postgresql.org/docs/current/user-manag.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final, cast

from qb.errors import DefinitionError
from qb.model.object import Identity, Standalone
from qb.types.identifier import comment_text, identifier, name_before

PUBLIC_ROLE: Final = "public"
"""Everybody. No role can be called so."""
SESSION: Final = ("current_user", "session_user")
"""Who asks, and who logged in."""


class Role(Standalone, frozen=True):
    """Somebody who logs in, or a group of them."""

    kind: ClassVar[str] = "role"
    lives_in_schema: ClassVar[bool] = False
    alters: ClassVar[frozenset[str]] = frozenset(
        ("login", "inherit", "superuser", "createdb", "createrole", "replication", "bypassrls", "connection_limit")
    )
    unwritten: ClassVar[frozenset[str]] = frozenset(("external",))
    login: bool = False
    inherit: bool = True
    superuser: bool = False
    createdb: bool = False
    createrole: bool = False
    replication: bool = False
    bypassrls: bool = False
    connection_limit: int = -1


class Membership(Standalone, frozen=True):
    """A role that has what another one may do. `inherit` and `set_role` None where the server decides."""

    kind: ClassVar[str] = "membership"
    lives_in_schema: ClassVar[bool] = False
    of: str
    admin: bool = False
    inherit: bool | None = None
    set_role: bool | None = None

    @property
    def identity(self) -> Identity:
        """What tells it from all others."""
        return Identity(self.kind, "", self.of, self.name)

    @property
    def needs(self) -> tuple[Identity, ...]:
        """Both roles."""
        return (of_role(self.of), of_role(self.name))


def of_role(name: str) -> Identity:
    """The identity of a role."""
    return Identity("role", "", "", name)


def role(
    name: str,
    *,
    login: bool = False,
    inherit: bool = True,
    superuser: bool = False,
    createdb: bool = False,
    createrole: bool = False,
    replication: bool = False,
    bypassrls: bool = False,
    connection_limit: int | None = None,
    external: bool = False,
    comment: str | None = None,
    renamed_from: str | None = None,
) -> Role:
    """A role: `reader = role("reader")`. It has no password here: set one with `\\password`, or use another way in.

    Roles are shared by all databases of a server. One that is there already is taken over if it is equal; where it is
    another, running `create_all` is a SchemaMismatch. `drop_all` leaves roles unless it is told their names. An
    `external` one is made by somebody else (a host, an administrator): it may be named, and is never created, changed
    or dropped. `renamed_from` is what it was called before, for `qb generate`.
    Errors: DefinitionError. https://www.postgresql.org/docs/current/sql-createrole.html

    >>> reader = role("reader")
    >>> schema(reader, User, Task, grant("select", on=User, to=reader)).others
    (<role reader>, <grant table users.reader.select>)
    """
    identifier(name, "a role")
    if name in (PUBLIC_ROLE, "none", *SESSION, "current_role") or (name.startswith("pg_") and not external):
        raise DefinitionError(f"no role can be called {name!r}, which PostgreSQL keeps for itself: choose another name")
    if connection_limit is not None and (type(connection_limit) is not int or not 0 <= connection_limit < 2**31):
        raise DefinitionError(f"the role {name!r}: connection_limit is a number from 0, or None for any number")
    return Role(
        None,
        name,
        login=bool(login),
        inherit=bool(inherit),
        superuser=bool(superuser),
        createdb=bool(createdb),
        createrole=bool(createrole),
        replication=bool(replication),
        bypassrls=bool(bypassrls),
        connection_limit=-1 if connection_limit is None else connection_limit,
        external=bool(external),
        comment=comment_text(comment, f"the role {name!r}"),
        renamed_from=name_before(renamed_from, f"the role {name!r}"),
    )


def member_of(
    name: Role, group: Role, *, admin: bool = False, inherit: bool | None = None, set_role: bool | None = None
) -> Membership:
    """A membership: `member_of(alice, staff)` lets alice do what staff may.

    With `admin` it may let others in; since PostgreSQL 16 `inherit` and `set_role` say whether it has the rights
    without SET ROLE, and whether it may say that. Errors: DefinitionError.
    https://www.postgresql.org/docs/current/sql-grant.html

    >>> member_of(role("alice", login=True), role("staff"))
    <membership staff.alice>
    """
    for each in (name, group):
        if not isinstance(each, Role):  # pyright: ignore[reportUnnecessaryIsInstance] - for those who run no checker
            raise DefinitionError(f'a membership is between two roles, role("reader"), not {each!r}')
    if name.name == group.name:
        raise DefinitionError(f"the role {group.name!r} cannot be a member of itself: name two roles")
    return Membership(None, name.name, group.name, bool(admin), inherit, set_role)


def role_names(given: object, what: str) -> tuple[str, ...]:
    """The names of the roles that something is for: a role, "public", who asks, or several of them, each once."""
    several = cast("Iterable[object]", given) if isinstance(given, (list, tuple)) else (given,)
    found: list[str] = []
    for each in several:
        if isinstance(each, Role):
            name = each.name
        elif each in (PUBLIC_ROLE, *SESSION):
            name = str(each)
        else:
            raise DefinitionError(
                f'{what} is for roles: role("reader"), with external=True where somebody else makes it, or "public", '
                f'"current_user" or "session_user", not {each!r}'
            )
        if name not in found:
            found.append(name)
    if not found:
        raise DefinitionError(f"{what} is for no role: name one")
    return tuple(found)


def needed_roles(names: Iterable[str]) -> tuple[Identity, ...]:
    """The roles among some names that have to be there."""
    return tuple(of_role(each) for each in names if each not in (PUBLIC_ROLE, *SESSION))
