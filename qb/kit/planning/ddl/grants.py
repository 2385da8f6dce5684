"""Grants and default privileges: from what is there by itself to what is said, and back.

https://www.postgresql.org/docs/current/ddl-priv.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from qb.kit.facts.grant import DefaultPrivilegesFact, GrantFact
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.rule import Altered, DdlRule, Lines
from qb.kit.planning.ddl.sql_names import ROUTINE_KINDS, dotted, of_database, routine_name
from qb.model.object import Identity
from qb.types.identifier import quoted

_GRANTABLE: Final = " with grant option"
_BY: Final = " by "
_PUBLIC: Final = "public"
_WORDS: Final = {
    "enum": "TYPE",
    "domain": "DOMAIN",
    "composite type": "TYPE",
    "range": "TYPE",
    "base type": "TYPE",
    "foreign-data wrapper": "FOREIGN DATA WRAPPER",
    "server": "FOREIGN SERVER",
    "sequence": "SEQUENCE",
    "schema": "SCHEMA",
    "language": "LANGUAGE",
    "parameter": "PARAMETER",
}
_ALL: Final = {
    "table": "delete insert references select trigger truncate update",
    "sequence": "select update usage",
    "schema": "create usage",
    "database": "connect create temporary",
    "parameter": "alter system set",
    "column": "insert references select update",
}
_RELATIONS: Final = ("table", "view", "materialized view", "foreign table")
_EVERYBODY: Final = {
    **dict.fromkeys(("function", "procedure", "aggregate", "functions"), ("execute",)),
    **dict.fromkeys(("enum", "domain", "composite type", "range", "base type", "language", "types"), ("usage",)),
    "database": ("connect", "temporary"),
}
"""What everybody has by itself."""


def _target(identity: Identity, fact: GrantFact) -> str:
    """What the grant is on, with its word."""
    if fact.kind in ("column", *_RELATIONS):
        return f"TABLE {dotted(identity.schema, fact.object)}"
    if fact.kind in ROUTINE_KINDS:
        return f"ROUTINE {routine_name(Identity(fact.kind, identity.schema, '', fact.object))}"
    if fact.kind == "parameter":
        return f"PARAMETER {'.'.join(map(quoted, fact.object.split('.')))}"
    return f"{_WORDS[fact.kind]} {dotted(identity.schema, fact.object)}"


def _whole(kind: str, version: int) -> tuple[str, ...]:
    """All that an owner has by itself."""
    if kind in _EVERYBODY and kind != "database":
        return _EVERYBODY[kind]
    if kind in ("foreign-data wrapper", "server"):
        return ("usage",)
    said = _ALL["table" if kind in _RELATIONS else kind].split()
    if kind == "parameter":
        said = ["alter system", "set"]
    return tuple(sorted((*said, *(("maintain",) if kind in _RELATIONS and version >= 170_000 else ()))))


def usual_privileges(fact: GrantFact, parts: CatalogParts, identity: Identity) -> tuple[str, ...]:
    """What a role has of an object that is just made."""
    if fact.kind == "column":
        return ()
    if fact.role == _PUBLIC:
        return _EVERYBODY.get(fact.kind, ())
    schema = "" if fact.kind in ("schema", "database", "language", "parameter") else identity.schema
    on = parts.get(Identity(fact.kind, schema, "", fact.object))
    return _whole(fact.kind, parts.catalog.version) if getattr(on, "owner", None) == fact.role else ()


def privilege_lines(verb: str, fact: GrantFact, identity: Identity, privileges: Iterable[str]) -> Lines:
    """GRANT or REVOKE of some privileges, a statement for each who gives them."""
    word, preposition = ("GRANT", "TO") if verb == "grant" else ("REVOKE", "FROM")
    role = "PUBLIC" if fact.role == _PUBLIC else quoted(fact.role)
    kinds: dict[tuple[str, bool], list[str]] = {}
    for each in privileges:
        plain, _, grantor = each.partition(_BY)
        grantable = plain.endswith(_GRANTABLE)
        kinds.setdefault((grantor, grantable), []).append(plain.removesuffix(_GRANTABLE).upper())
    lines: Lines = []
    for (grantor, grantable), names in sorted(kinds.items()):
        end = " WITH GRANT OPTION" if grantable and verb == "grant" else ""
        column = f" ({quoted(fact.column)})" if fact.column is not None else ""
        listed = ", ".join(f"{name}{column}" for name in names)
        if fact.kind == "database":
            found = of_database(
                f"{word} {listed.replace('%', '%%')} ON DATABASE %I {preposition} {role.replace('%', '%%')}{end}"
            )
        else:
            found = f"{word} {listed} ON {_target(identity, fact)} {preposition} {role}{end}"
        lines += [f"SET LOCAL ROLE {quoted(grantor)}", found, "RESET ROLE"] if grantor else [found]
    return lines


def granted_lines(identity: Identity, fact: GrantFact, one: Iterable[str], other: Iterable[str]) -> Lines:
    """From some privileges to others."""
    before, after = set(one), set(other)
    gone = sorted(before - after)
    new = sorted(after - before)
    plain_after = {each.removesuffix(_GRANTABLE) for each in after}
    lines: Lines = []
    only_option = [each for each in gone if each.endswith(_GRANTABLE) and each.removesuffix(_GRANTABLE) in plain_after]
    taken = [each for each in gone if each not in only_option and f"{each}{_GRANTABLE}" not in after]
    lines += privilege_lines("revoke", fact, identity, taken)
    for each in privilege_lines("revoke", fact, identity, only_option):
        lines.append(each.replace("REVOKE ", "REVOKE GRANT OPTION FOR ", 1))
    given = [each for each in new if each not in {option.removesuffix(_GRANTABLE) for option in only_option}]
    return lines + privilege_lines("grant", fact, identity, given)


def _create_grant(identity: Identity, fact: GrantFact, parts: CatalogParts) -> Lines:
    return granted_lines(identity, fact, usual_privileges(fact, parts, identity), fact.privileges)


def _drop_grant(identity: Identity, fact: GrantFact, parts: CatalogParts) -> Lines:
    return granted_lines(identity, fact, fact.privileges, usual_privileges(fact, parts, identity))


def _alter_grant(change: Altered[GrantFact]) -> Lines | None:
    return granted_lines(change.identity, change.other, change.one.privileges, change.other.privileges)


_ONES: Final = {"tables": "table", "sequences": "sequence", "schemas": "schema"}


def _usual_from_now_on(identity: Identity, fact: DefaultPrivilegesFact, parts: CatalogParts) -> tuple[str, ...]:
    if identity.schema:
        return ()
    if fact.role == _PUBLIC:
        return _EVERYBODY.get(fact.on, ())
    if fact.role != fact.owner:
        return ()
    if fact.on in ("functions", "types"):
        return _EVERYBODY[fact.on]
    return _whole(_ONES[fact.on], parts.catalog.version) if fact.on in _ONES else ("select", "update")


def _moved_from_now_on(
    identity: Identity, fact: DefaultPrivilegesFact, one: Iterable[str], other: Iterable[str]
) -> Lines:
    where = f" IN SCHEMA {quoted(identity.schema)}" if identity.schema else ""
    head = f"ALTER DEFAULT PRIVILEGES FOR ROLE {quoted(fact.owner)}{where}"
    role = "PUBLIC" if fact.role == _PUBLIC else quoted(fact.role)
    before, after = set(one), set(other)
    lines: Lines = []
    gone = sorted({each.removesuffix(_GRANTABLE) for each in before - after})
    if gone:
        lines.append(f"{head} REVOKE {', '.join(gone).upper()} ON {fact.on.upper()} FROM {role}")
    names = {each.removesuffix(_GRANTABLE) for each in before - after}
    new = sorted(each for each in after if each not in before or each.removesuffix(_GRANTABLE) in names)
    for option in (False, True):
        given = [each.removesuffix(_GRANTABLE) for each in new if each.endswith(_GRANTABLE) is option]
        if given:
            end = " WITH GRANT OPTION" if option else ""
            lines.append(f"{head} GRANT {', '.join(given).upper()} ON {fact.on.upper()} TO {role}{end}")
    return lines


def _create_default(identity: Identity, fact: DefaultPrivilegesFact, parts: CatalogParts) -> Lines:
    return _moved_from_now_on(identity, fact, _usual_from_now_on(identity, fact, parts), fact.privileges)


def _drop_default(identity: Identity, fact: DefaultPrivilegesFact, parts: CatalogParts) -> Lines:
    return _moved_from_now_on(identity, fact, fact.privileges, _usual_from_now_on(identity, fact, parts))


def _alter_default(change: Altered[DefaultPrivilegesFact]) -> Lines | None:
    return _moved_from_now_on(change.identity, change.other, change.one.privileges, change.other.privileges)


GRANT_RULE: Final = DdlRule(_create_grant, _alter_grant, _drop_grant)
DEFAULT_PRIVILEGES_RULE: Final = DdlRule(_create_default, _alter_default, _drop_default)
