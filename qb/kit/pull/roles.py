"""Roles that something of the database names, and who is a member of whom."""

from __future__ import annotations

from typing import Final

from qb.kit.facts.grant import DefaultPrivilegesFact, GrantFact
from qb.kit.facts.policy import PolicyFact
from qb.kit.facts.role import MembershipFact, RoleFact
from qb.kit.facts.schema import DatabaseFact
from qb.kit.pull.book import Book
from qb.kit.pull.source import Code, call, code_of, text, using
from qb.model.object import Identity

ROLES_MODULE: Final = "roles"
"""The module of all roles."""
_ANYBODY: Final = ("public", "current_user", "session_user")


def named_roles(book: Book) -> list[str]:
    """The roles that something of the database names, and those that they are members of."""
    found: dict[str, None] = {}
    own = {fact.owner for fact in book.catalog.of(DatabaseFact).values()}
    for fact in book.catalog.values():
        match fact:
            case PolicyFact():
                found.update(dict.fromkeys(fact.roles))
            case GrantFact() if fact.privileges:
                found.setdefault(fact.role)
            case DefaultPrivilegesFact():
                found.setdefault(fact.role)
                found.update({} if fact.owner in own else {fact.owner: None})
            case _:
                pass
    left = list(found)
    while left:
        role = left.pop()
        for fact in book.catalog.of(MembershipFact).values():
            if fact.role == role and fact.group not in found:
                found[fact.group] = None
                left.append(fact.group)
    return sorted(each for each in found if each not in _ANYBODY)


def write_roles(book: Book) -> None:
    """Those roles, and which are members of which."""
    roles = named_roles(book)
    owners = {fact.owner for fact in book.catalog.of(DatabaseFact).values()}
    for role in roles:
        identity = Identity("role", "", "", role)
        fact = book.catalog.get(identity)
        name = book.value_called(role, ending="role")
        book.values[identity] = name
        book.said.add(identity)
        if role.startswith("pg_") or role in owners or not isinstance(fact, RoleFact):
            made = call("role", text(role), external="True")
        else:
            made = _role(book, identity, fact)
        book.write(name, ROLES_MODULE, code_of((f"{name} = ", made), ""), 0)
    for identity, member in book.catalog.of(MembershipFact).items():
        one, group = (book.values.get(Identity("role", "", "", each)) for each in (member.role, member.group))
        if one is None or group is None:
            continue
        name = book.value_called(f"{member.role}_in_{member.group}", ending="membership")
        made = call(
            "member_of",
            using(one),
            using(group),
            admin="True" if member.admin else None,
            inherit=None if member.inherit is None else str(member.inherit),
            set_role=None if member.set_role in (None, True) else "False",
        )
        book.write(name, ROLES_MODULE, code_of((f"{name} = ", made), ""), 1)
        book.said.add(identity)


def _role(book: Book, identity: Identity, fact: RoleFact) -> Code:
    if fact.valid_until is not None or fact.settings:
        book.tell(identity, "an end or settings of a role")
    flags = ("login", "superuser", "createdb", "createrole", "replication", "bypassrls")
    said: dict[str, Code | str | None] = {each: "True" if getattr(fact, each) else None for each in flags}
    return call(
        "role",
        text(identity.name),
        **said,
        inherit=None if fact.inherit else "False",
        connection_limit=None if fact.connection_limit == -1 else str(fact.connection_limit),
        comment=None if fact.comment is None else text(fact.comment),
    )


def role_called(book: Book, role: str) -> Code:
    """A role: the variable that holds it, or its name."""
    name = book.values.get(Identity("role", "", "", role))
    return Code(text(role)) if name is None else using(name)
