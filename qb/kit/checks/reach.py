"""Who reaches which rows: tables without row security, views that go past it, functions that anybody may call.

https://www.postgresql.org/docs/current/ddl-rowsecurity.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from qb.kit.checks.hit import Hit, enumerated
from qb.kit.checks.subject import Subject
from qb.kit.facts.extension import ExtensionFact
from qb.kit.facts.function import FunctionFact
from qb.kit.facts.grant import GrantFact
from qb.kit.facts.view import ViewFact
from qb.model.object import Identity
from qb.types.identifier import PUBLIC, quoted

_TEMPORARY: Final = "pg_temp"
_AUTH_USERS: Final = Identity("table", "auth", "", "users")
_TRIGGERS: Final = ("trigger", "event_trigger")


def no_row_security(subject: Subject) -> Iterator[Hit]:
    """A table that anybody from outside may reach, and no row is kept from them."""
    for identity, fact in subject.tables.items():
        if fact.row_security:
            continue
        reached = subject.reached(identity)
        if not subject.exposed:
            continue
        if reached:
            fix = "enable row-level security and give it policies, or revoke the right"
            if identity.kind == "foreign table":
                fix = "revoke the right: a foreign table has no row-level security"
            yield Hit(identity, f"{_who(reached)}, and there is no row security: every row is theirs", fix)


def past_row_security(subject: Subject) -> Iterator[Hit]:
    """A view reads as its owner does: no policy of the tables in it is asked of who reads the view."""
    if not subject.exposed:
        return
    for identity, reached, tables in _views(subject):
        secured = sorted(
            each for each in tables if (fact := subject.tables.get(each)) is not None and fact.row_security
        )
        if not secured:
            continue
        named = enumerated([each.title for each in secured])
        if identity.kind == "materialized view":
            text = f"{_who(reached)}, and it keeps rows of {named} past its policies"
            yield Hit(identity, text, "revoke the right, or read the tables", tuple(secured))
        else:
            between = [
                each
                for each, read in sorted(subject.owners_views(identity).items())
                if each != identity and not read.isdisjoint(secured)
            ]
            own = subject.owners_views(identity).get(identity, frozenset()).intersection(secured)
            through = "" if own else f" through {enumerated([each.title for each in between])}"
            fix = "say security_invoker=True" if own else _of_views(between)
            text = f"{_who(reached)}, and it reads {named}{through} with the rights of its owner, past its policies"
            yield Hit(identity, text, fix, tuple(secured))


def _of_views(views: list[Identity]) -> str:
    """What to do about the views through which another one reads."""
    said = [each.title for each in views if each.kind == "view"]
    return f"say security_invoker=True of {enumerated(said)}" if said else "revoke the right, or read the tables"


def auth_users(subject: Subject) -> Iterator[Hit]:
    """A view through which everybody's account is read: addresses, hashes, tokens."""
    if not subject.exposed:
        return
    for identity, reached, tables in _views(subject):
        if _AUTH_USERS in tables:
            fix = "keep what is shown in a table of your own, or revoke the right"
            yield Hit(identity, f"{_who(reached)}, and it shows rows of auth.users", fix)


def _views(subject: Subject) -> Iterator[tuple[Identity, dict[str, tuple[str, ...]], frozenset[Identity]]]:
    """Those that are read from outside, and the tables that they read as an owner."""
    for identity in subject.ours(ViewFact):
        reached = {role: may for role, may in subject.reached(identity).items() if "select" in may}
        if reached:
            yield identity, reached, subject.base_tables(identity)


def definer_search_path(subject: Subject) -> Iterator[Hit]:
    """A function with its owner's rights that finds its tables on a path which its caller chose."""
    writable = _writable(subject)
    for identity, fact in subject.ours(FunctionFact).items():
        if not fact.security_definer or fact.sql_body is not None:  # whose names were found when it was made
            continue
        path = next((each.partition("=")[2] for each in fact.settings if each.startswith("search_path=")), None)
        fix = "set search_path to schemas that nobody else writes to, and pg_temp at its end"
        if path is None:
            text = "it runs with its owner's rights, and finds its tables on the path of whoever calls it"
            yield Hit(identity, text, fix)
            continue
        names = _path(path)
        if open_ones := [each for each in names if each in writable]:
            text = f"it runs with its owner's rights, and others may create in {enumerated(open_ones)}, on its path"
            yield Hit(identity, text, fix)
        elif names and names[-1] != _TEMPORARY:
            text = "it runs with its owner's rights, and a temporary table of its caller comes before its own"
            yield Hit(identity, text, fix)


def _path(setting: str) -> list[str]:
    names = [each.strip() for each in setting.split(",")]
    plain = [each[1:-1].replace('""', '"') if each.startswith('"') else each for each in names]
    return [each for each in plain if each]


def _writable(subject: Subject) -> set[str]:
    """The schemas in which everybody, or who comes from outside, may create."""
    found = {"$user"}
    roles = {"public"}.union(*map(subject.acts_as, subject.exposed))
    for fact in subject.catalog.of(GrantFact).values():
        if fact.kind == "schema" and fact.role in roles:
            if any(each.startswith("create") for each in fact.privileges):
                found.add(fact.object)
    return found


def public_may_create(subject: Subject) -> Iterator[Hit]:
    """Whoever may create in a schema puts functions and tables in the way of others' (CVE-2018-1058)."""
    for fact in subject.catalog.of(GrantFact).values():
        if (
            fact.kind == "schema"
            and fact.role == "public"
            and any(each.startswith("create") for each in fact.privileges)
        ):
            on = Identity("schema", "", "", fact.object)
            if subject.is_ours(on):
                text = "everybody may create objects in it, also such as others then find instead of their own"
                yield Hit(on, text, f"REVOKE CREATE ON SCHEMA {quoted(fact.object)} FROM PUBLIC;")


def definer_exposed(subject: Subject) -> Iterator[Hit]:
    """A function with its owner's rights that anybody from outside may call."""
    if not subject.exposed:
        return
    given = _executable(subject)
    for identity, fact in subject.ours(FunctionFact).items():
        if not fact.security_definer or fact.returns in _TRIGGERS:
            continue
        rights = given.get((identity.schema, identity.name), {})
        public = rights.get("public", True)
        roles = [
            each
            for each in subject.exposed
            if subject.enters(each, identity.schema)
            and (public or any(rights.get(one, False) for one in subject.acts_as(each)))
        ]
        if roles:
            who = "everybody" if public else enumerated(roles)
            fix = "REVOKE EXECUTE ... FROM PUBLIC, and grant it to those who need it"
            yield Hit(identity, f"{who} may call it, and it runs with its owner's rights", fix)


def _executable(subject: Subject) -> dict[tuple[str, str], dict[str, bool]]:
    found: dict[tuple[str, str], dict[str, bool]] = {}
    for identity, fact in subject.catalog.of(GrantFact).items():
        if fact.kind in ("function", "procedure"):
            may = any(each.startswith("execute") for each in fact.privileges)
            found.setdefault((identity.schema, fact.object), {})[fact.role] = may
    return found


def extension_in_public(subject: Subject) -> Iterator[Hit]:
    """An extension whose functions stand among one's own, in a schema that is offered to the outside."""
    if not subject.exposed:
        return
    for identity, fact in subject.catalog.of(ExtensionFact).items():
        if fact.schema == PUBLIC and subject.is_ours(identity):
            fix = f"ALTER EXTENSION {quoted(identity.name)} SET SCHEMA extensions;"
            yield Hit(identity, "its objects are in public, among what is offered to the outside", fix)


def _who(reached: dict[str, tuple[str, ...]]) -> str:
    """`anon may select, authenticated may select and insert`."""
    return enumerated([f"{_name(role)} may {enumerated(may)}" for role, may in _grouped(reached)])


def _grouped(reached: dict[str, tuple[str, ...]]) -> Iterable[tuple[list[str], tuple[str, ...]]]:
    by: dict[tuple[str, ...], list[str]] = {}
    for role, may in reached.items():
        by.setdefault(may, []).append(role)
    return [(roles, may) for may, roles in by.items()]


def _name(roles: list[str]) -> str:
    return enumerated(["everybody" if each == "public" else each for each in roles])
