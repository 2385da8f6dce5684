"""What is granted, on what is there and on what is still to come."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from qb.kit.facts.grant import DefaultPrivilegesFact, GrantFact
from qb.kit.facts.schema import DatabaseFact
from qb.kit.pull.book import Book
from qb.kit.pull.carried import carry
from qb.kit.pull.roles import ROLES_MODULE, role_called
from qb.kit.pull.source import Code, attribute_of, call, code_of, text, using
from qb.kit.qualified import routine_parts
from qb.model.object import Identity
from qb.types.identifier import qualified, quoted

_GRANTED_ON: Final = ("table", "view", "materialized view", "column", "sequence", "schema", "function", "procedure")
_GRANTABLE: Final = " with grant option"


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
                of_column = book.catalog[each]
                if isinstance(of_column, GrantFact) and Identity("foreign table", schema, "", table) in book.catalog:
                    _carried(book, each, of_column)
                    continue
                book.tell(each, "a grant on a column of what is not written, or by somebody else than its owner")
            continue
        facts = [book.catalog[each] for each in grants]
        called = [str(fact.column) for fact in facts if isinstance(fact, GrantFact)]
        found = [attribute_of(names.name, names.attributes[each]) for each in called if each in names.attributes]
        on = found[0] if len(found) == 1 else code_of(("(", code_of(found), ")"), "")
        _write(book, names.home, f"{role}_{names.name}_columns", privileges, on, role_called(book, role))
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
    _write(book, home, wanted, fact.privileges, on, role_called(book, fact.role), schema=fact.kind == "schema")
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


_STATED: Final = (
    *(*_GRANTED_ON, "aggregate", "enum", "domain", "composite type", "range", "base type"),
    *("foreign table", "foreign-data wrapper", "server", "language"),
)
_ROUTINES: Final = ("function", "procedure", "aggregate")
_KINDS: Final = {
    "aggregate": "FUNCTION",
    "base type": "TYPE",
    "column": "TABLE",
    "composite type": "TYPE",
    "domain": "TYPE",
    "enum": "TYPE",
    "foreign table": "TABLE",
    "foreign-data wrapper": "FOREIGN DATA WRAPPER",
    "materialized view": "TABLE",
    "range": "TYPE",
    "server": "FOREIGN SERVER",
    "view": "TABLE",
}
"""What GRANT calls kinds that it calls otherwise."""


def _carried(book: Book, identity: Identity, fact: GrantFact) -> None:
    """Rights as the statements that give them, or take them away."""
    if fact.kind not in _STATED or not _plain(fact.privileges):
        book.tell(identity, f"privileges on a {fact.kind}, or given by others than the owner")
        return
    kind = _KINDS.get(fact.kind, fact.kind.upper())
    name, arguments = routine_parts(fact.object) if fact.kind in _ROUTINES else (fact.object, "")
    plain = quoted(name) if not identity.schema else qualified(identity.schema, name)
    what = f"{kind} {plain}{f'({arguments}' if arguments else ''}"
    role = "PUBLIC" if fact.role == "public" else quoted(fact.role)
    columns = "" if fact.column is None else f" ({quoted(fact.column)})"
    statements = [f"REVOKE ALL{columns} ON {what} FROM {role}"]
    for grantable in (False, True):
        some = [each.removesuffix(_GRANTABLE) for each in fact.privileges if each.endswith(_GRANTABLE) == grantable]
        if some:
            given = ", ".join(f"{each}{columns}" for each in some)
            statements.append(f"GRANT {given} ON {what} TO {role}{' WITH GRANT OPTION' if grantable else ''}")
    of = "foreign table" if fact.column is not None else fact.kind
    needs = [Identity(of, identity.schema, "", fact.object)]
    if fact.column is not None:  # what is revoked on the whole table is on its columns, too
        whole = (
            each for each, other in book.catalog.of(GrantFact).items() if other.column is None and _same(fact, other)
        )
        needs += [each for each in whole if each.schema == identity.schema]
    carry(book, "privileges", identity, statements, needs)


def _same(fact: GrantFact, other: GrantFact) -> bool:
    return (fact.object, fact.role) == (other.object, other.role)


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
        owner = None if fact.owner in owners else role_called(book, fact.owner)
        for grantable in (False, True):
            some = [each for each in fact.privileges if each.endswith(_GRANTABLE) == grantable]
            if some:
                name = book.value_called(f"{fact.role}_on_coming_{fact.on}", ending="grant")
                made = call(
                    "default_privileges",
                    *(text(each.removesuffix(_GRANTABLE)) for each in some),
                    on=text(fact.on),
                    to=role_called(book, fact.role),
                    schema=text(identity.schema) if identity.schema else None,
                    owner=owner,
                    grantable="True" if grantable else None,
                )
                book.write(name, ROLES_MODULE, code_of((f"{name} = ", made), ""), 2)
        book.said.add(identity)
