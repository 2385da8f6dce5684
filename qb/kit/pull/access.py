"""Who may do what: roles, memberships, grants, default privileges and policies."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from qb.kit.facts.grant import DefaultPrivilegesFact, GrantFact
from qb.kit.facts.policy import PolicyFact
from qb.kit.facts.role import MembershipFact, RoleFact
from qb.kit.facts.schema import DatabaseFact
from qb.kit.facts.table import TableFact
from qb.kit.pull.book import Book
from qb.kit.pull.carried import carry
from qb.kit.pull.source import Code, attribute_of, call, code_of, plain_raw, text, using
from qb.kit.pull.tokens import steady
from qb.kit.pull.values import policy_condition
from qb.kit.qualified import routine_parts
from qb.model.object import Identity
from qb.types.identifier import PUBLIC, qualified, quoted

ROLES_MODULE: Final = "roles"
"""The module of all roles."""
_ANYBODY: Final = ("public", "current_user", "session_user")
_GRANTED_ON: Final = ("table", "view", "materialized view", "column", "sequence", "schema", "function", "procedure")
_GRANTABLE: Final = " with grant option"


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


def _to(book: Book, role: str) -> Code:
    name = book.values.get(Identity("role", "", "", role))
    return Code(text(role)) if name is None else using(name)


def write_grants(book: Book) -> None:
    """What is granted, an object after the other; of columns those with the same rights together."""
    database = next(iter(book.catalog.of(DatabaseFact).values()), None)
    owner = "" if database is None else database.owner
    columns: dict[tuple[str, str, str, tuple[str, ...]], list[Identity]] = defaultdict(list)
    for identity, fact in book.catalog.of(GrantFact).items():
        if fact.column is not None:
            columns[identity.schema, fact.object, fact.role, fact.privileges].append(identity)
        else:
            _grant(book, identity, fact, owner)
    for (schema, table, role, privileges), grants in columns.items():
        names = book.tables.get((schema, table))
        if names is None or not _plain(privileges):
            for each in grants:
                book.tell(each, "a grant on a column of what is not written, or by somebody else than its owner")
            continue
        facts = [book.catalog[each] for each in grants]
        called = [str(fact.column) for fact in facts if isinstance(fact, GrantFact)]
        found = [attribute_of(names.name, names.attributes[each]) for each in called if each in names.attributes]
        on = found[0] if len(found) == 1 else code_of(("(", code_of(found), ")"), "")
        _write(book, names.home, f"{role}_{names.name}_columns", privileges, on, _to(book, role))
        book.said.update(grants)


def _plain(privileges: tuple[str, ...]) -> bool:
    return all(" by " not in each for each in privileges)


def _on(book: Book, identity: Identity, fact: GrantFact) -> tuple[str, Code] | None:
    """The module of an object, and the object."""
    kind, schema = fact.kind, identity.schema
    if kind in ("table", "view", "materialized view"):
        names = book.tables.get((schema, fact.object))
        return None if names is None else (names.home, using(names.name))
    if kind == "schema":
        return ROLES_MODULE, Code(text(fact.object))
    found = book.values.get(Identity(kind, schema, "", fact.object))
    return None if found is None else (book.pieces[found].home if found in book.pieces else ROLES_MODULE, using(found))


def _grant(book: Book, identity: Identity, fact: GrantFact, owner: str) -> None:
    place = _on(book, identity, fact) if fact.kind in _GRANTED_ON else None
    # What everybody could do by itself, and may not do now, is a REVOKE; so is what the owner has not.
    revoked = not fact.privileges or fact.role == owner
    if place is None or revoked or not _plain(fact.privileges) or (fact.role == "public" and _usual(fact)):
        _carried(book, identity, fact)
        return
    home, on = place
    wanted = f"{fact.role}_on_{routine_parts(fact.object)[0]}"
    _write(book, home, wanted, fact.privileges, on, _to(book, fact.role), schema=fact.kind == "schema")
    book.said.add(identity)


def _usual(fact: GrantFact) -> bool:
    """Whether everybody has something on such an object by itself."""
    return fact.kind in ("function", "procedure", "enum", "domain", "language", "database")


def _write(
    book: Book, home: str, wanted: str, privileges: tuple[str, ...], on: Code, to: Code, *, schema: bool = False
) -> None:
    for grantable in (False, True):
        some = [each for each in privileges if each.endswith(_GRANTABLE) == grantable]
        if not some:
            continue
        name = book.value_called(f"{wanted}_grantable" if grantable else wanted, ending="grant")
        given: dict[str, Code | str | None] = {"schema" if schema else "on": on, "to": to}
        given["grantable"] = "True" if grantable else None
        made = call("grant", *(text(each.removesuffix(_GRANTABLE)) for each in some), **given)
        book.write(name, home, code_of((f"{name} = ", made), ""), 32)


_STATED: Final = (*_GRANTED_ON, "aggregate", "enum", "domain", "composite type", "range", "base type")
_KINDS: Final = {
    "aggregate": "FUNCTION",
    "base type": "TYPE",
    "column": "TABLE",
    "composite type": "TYPE",
    "domain": "TYPE",
    "enum": "TYPE",
    "materialized view": "TABLE",
    "range": "TYPE",
    "view": "TABLE",
}
"""What GRANT calls kinds that it calls otherwise."""


def _carried(book: Book, identity: Identity, fact: GrantFact) -> None:
    """Rights as the statements that give them, or take them away."""
    if fact.kind not in _STATED or not _plain(fact.privileges):
        book.tell(identity, f"privileges on a {fact.kind}, or given by others than the owner")
        return
    kind = _KINDS.get(fact.kind, fact.kind.upper())
    name, arguments = routine_parts(fact.object)
    plain = quoted(name) if not identity.schema else qualified(identity.schema, name)
    what = f"{kind} {plain}{f'({arguments}' if arguments else ''}"
    role = "PUBLIC" if fact.role == "public" else quoted(fact.role)
    statements = [f"REVOKE ALL ON {what} FROM {role}"]
    for grantable in (False, True):
        some = [each.removesuffix(_GRANTABLE) for each in fact.privileges if each.endswith(_GRANTABLE) == grantable]
        if some:
            statements.append(f"GRANT {', '.join(some)} ON {what} TO {role}{' WITH GRANT OPTION' if grantable else ''}")
    needs = [Identity(fact.kind, identity.schema, "", fact.object)]
    carry(book, "privileges", identity, statements, needs)


_BY_ITSELF: Final = {(True, "functions"): ("execute",), (True, "types"): ("usage",)}
"""What everybody has by itself."""
_ALL: Final = {"tables": 7, "sequences": 3, "functions": 1, "types": 1, "schemas": 2, "large objects": 2}
"""How many privileges there are."""


def _is_whole(fact: DefaultPrivilegesFact) -> bool:
    """Whether an owner has all on what is its own, as it has by itself."""
    return fact.role == fact.owner and len(fact.privileges) >= _ALL.get(fact.on, 0)


def _carried_defaults(book: Book, identity: Identity, fact: DefaultPrivilegesFact, owners: set[str]) -> None:
    """Default privileges that are taken away, as the statements that do it."""
    whose = "" if fact.owner in owners else f" FOR ROLE {quoted(fact.owner)}"
    within = f" IN SCHEMA {quoted(identity.schema)}" if identity.schema else ""
    role = "PUBLIC" if fact.role == "public" else quoted(fact.role)
    on = fact.on.upper()
    statements = [f"ALTER DEFAULT PRIVILEGES{whose}{within} REVOKE ALL ON {on} FROM {role}"]
    for grantable in (False, True):
        some = [each.removesuffix(_GRANTABLE) for each in fact.privileges if each.endswith(_GRANTABLE) == grantable]
        if some:
            more = " WITH GRANT OPTION" if grantable else ""
            statements.append(
                f"ALTER DEFAULT PRIVILEGES{whose}{within} GRANT {', '.join(some)} ON {on} TO {role}{more}"
            )
    carry(book, "default privileges", identity, statements, book.catalog.needs(identity))


def write_default_privileges(book: Book) -> None:
    """What is granted on what is still to come."""
    owners = {fact.owner for fact in book.catalog.of(DatabaseFact).values()}
    for identity, fact in book.catalog.of(DefaultPrivilegesFact).items():
        if fact.privileges == _BY_ITSELF.get((fact.role == "public", fact.on)) or _is_whole(fact):
            continue
        if not _plain(fact.privileges) or fact.on == "large objects":
            book.tell(identity, "default privileges on large objects, or given by others than the owner")
            continue
        if not fact.privileges or fact.role == fact.owner or ((True, fact.on) in _BY_ITSELF and fact.role == "public"):
            _carried_defaults(book, identity, fact, owners)
            continue
        owner = None if fact.owner in owners else _to(book, fact.owner)
        for grantable in (False, True):
            some = [each for each in fact.privileges if each.endswith(_GRANTABLE) == grantable]
            if some:
                name = book.value_called(f"{fact.role}_on_coming_{fact.on}", ending="grant")
                made = call(
                    "default_privileges",
                    *(text(each.removesuffix(_GRANTABLE)) for each in some),
                    on=text(fact.on),
                    to=_to(book, fact.role),
                    schema=text(identity.schema) if identity.schema else None,
                    owner=owner,
                    grantable="True" if grantable else None,
                )
                book.write(name, ROLES_MODULE, code_of((f"{name} = ", made), ""), 2)
        book.said.add(identity)


def write_policies(book: Book) -> None:
    """The policies of row-level security, their conditions as SQL."""
    for identity, fact in book.catalog.of(PolicyFact).items():
        names = book.tables.get((identity.schema, identity.table))
        if names is None:
            book.tell(identity, "a policy of what is not written")
            continue
        if book.lacks(identity):
            continue
        roles = [_to(book, each) for each in fact.roles]
        to = roles[0] if len(roles) == 1 else code_of(("[", code_of(roles), "]"), "")
        name = book.value_called(identity.name, f"{identity.table}_{identity.name}", ending="policy")
        table = book.catalog.get(Identity("table", identity.schema, "", identity.table))
        sleeps = isinstance(table, TableFact) and not table.row_security  # which schemas refuse: nobody asks it
        if (fact.using is None and fact.with_check is None) or sleeps:
            _carried_policy(book, identity, fact)
            continue
        made = call(
            "policy",
            using(names.name),
            for_=None if fact.command == "all" else text(fact.command),
            to=None if fact.roles == ("public",) else to,
            using=None if fact.using is None else _condition(book, identity, fact.using),
            with_check=None if fact.with_check is None else _condition(book, identity, fact.with_check),
            restrictive=None if fact.permissive else "True",
            name=text(identity.name),
            comment=None if fact.comment is None else text(fact.comment),
        )
        book.write(name, names.home, code_of((f"{name} = ", made), ""), 28)
        book.said.add(identity)


def _condition(book: Book, policy: Identity, written: str) -> Code:
    made = policy_condition(book, (policy.schema, policy.table), written)
    plain = written in ("true", "false")
    book.wrote[made is not None or plain] += 1
    if made is not None:
        return made.code
    if plain:
        return call("value", written.capitalize())
    return code_of((plain_raw(steady(written)), ".as_(bool)"), "")


def _carried_policy(book: Book, identity: Identity, fact: PolicyFact) -> None:
    roles = ", ".join("PUBLIC" if each == "public" else quoted(each) for each in fact.roles)
    whole = qualified(identity.schema or PUBLIC, identity.table)
    mode = "PERMISSIVE" if fact.permissive else "RESTRICTIVE"
    statement = f"CREATE POLICY {quoted(identity.name)} ON {whole} AS {mode} FOR {fact.command.upper()} TO {roles}"
    for word, condition in (("USING", fact.using), ("WITH CHECK", fact.with_check)):
        statement += "" if condition is None else f" {word} ({steady(condition)})"
    table = Identity("table", identity.schema, "", identity.table)
    on = f"POLICY {quoted(identity.name)} ON {whole}"
    carry(book, "policy", identity, [statement], [table], fact.comment, on=on)
