"""Roles, memberships, schemas, extensions, collations, and what is said of the database.

https://www.postgresql.org/docs/current/sql-createrole.html
"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.collation import CollationFact
from qb.kit.facts.extension import ExtensionFact
from qb.kit.facts.role import MembershipFact, RoleFact
from qb.kit.facts.schema import DatabaseFact, SchemaFact
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.rule import Altered, DdlRule, Lines, drop_plainly, never_altered
from qb.kit.planning.ddl.sql_names import dotted, of_database, setting_value
from qb.model.object import Identity
from qb.render.ddl.role import FLAGS, role_block
from qb.render.literals import dollar_quoted, string_literal
from qb.types.identifier import quoted

_MAY: Final = ("superuser", "inherit", "createrole", "createdb", "login", "replication", "bypassrls")


def _create_role(identity: Identity, fact: RoleFact, parts: CatalogParts) -> Lines:
    """A role belongs to all databases of a server, each of which runs this: one that is there has to be the same."""
    block = role_block(identity.name, _may(fact, tuple(FLAGS), until=False), until=fact.valid_until)
    return [block, *_role_settings(identity, (), fact.settings)]


def _drop_role(identity: Identity, fact: RoleFact, parts: CatalogParts) -> Lines:
    """What another database of the server still needs stays there; what this one needs is an error."""
    text = string_literal(identity.name)
    stays = string_literal(
        f"the role {identity.name} stays, as other databases of this server use it".replace("%", "%%")
    )
    body = (
        f"BEGIN DROP ROLE {quoted(identity.name)};\nEXCEPTION WHEN dependent_objects_still_exist THEN\n"
        "IF EXISTS (SELECT FROM pg_catalog.pg_shdepend d JOIN pg_catalog.pg_roles r ON d.refobjid = r.oid\n"
        f"  AND d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass WHERE r.rolname = {text} AND d.dbid =\n"
        "    (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())) THEN\n"
        "  RAISE; END IF;\n"
        f"RAISE NOTICE {stays}; END"
    )
    return [f"DO {dollar_quoted(body)}"]


def _may(fact: RoleFact, fields: tuple[str, ...], *, until: bool = True) -> str:
    said = [("" if getattr(fact, each) else "NO") + each.upper() for each in fields]
    said.append(f"CONNECTION LIMIT {fact.connection_limit}")
    if until and fact.valid_until is not None:
        said.append(f"VALID UNTIL {string_literal(fact.valid_until)}")
    return " ".join(said)


def _alter_role(change: Altered[RoleFact]) -> Lines:
    name = quoted(change.identity.name)
    lines: Lines = []
    if "settings" in change.fields:
        lines = _role_settings(change.identity, change.one.settings, change.other.settings)
    if change.fields - {"settings"}:
        until = "" if change.other.valid_until or change.one.valid_until is None else " VALID UNTIL 'infinity'"
        lines.insert(0, f"ALTER ROLE {name} {_may(change.other, _MAY)}{until}")
    return lines


def _role_settings(identity: Identity, before: tuple[str, ...], after: tuple[str, ...]) -> Lines:
    name = quoted(identity.name)
    names = {each.partition("=")[0] for each in after}
    gone = [each.partition("=")[0] for each in before if each.partition("=")[0] not in names]
    lines = [f"ALTER ROLE {name} RESET {'.'.join(map(quoted, each.split('.')))}" for each in gone]
    return lines + [f"ALTER ROLE {name} SET {setting_value(identity, each)}" for each in after if each not in before]


def _grant_membership(identity: Identity, fact: MembershipFact, parts: CatalogParts) -> Lines:
    options = [f"ADMIN {str(fact.admin).upper()}"] if fact.inherit is not None else []
    if fact.inherit is not None:
        options.append(f"INHERIT {str(fact.inherit).upper()}")
    if fact.set_role is not None:
        options.append(f"SET {str(fact.set_role).upper()}")
    said = f" WITH {', '.join(options)}" if options else (" WITH ADMIN OPTION" if fact.admin else "")
    return [f"GRANT {quoted(fact.group)} TO {quoted(fact.role)}{said}"]


def _revoke_membership(identity: Identity, fact: MembershipFact, parts: CatalogParts) -> Lines:
    return [f"REVOKE {quoted(fact.group)} FROM {quoted(fact.role)}"]


def _create_schema(identity: Identity, fact: SchemaFact, parts: CatalogParts) -> Lines:
    return [f"CREATE SCHEMA {quoted(identity.name)}"]


def _create_extension(identity: Identity, fact: ExtensionFact, parts: CatalogParts) -> Lines:
    where = f" SCHEMA {quoted(fact.schema)}" if fact.schema != "pg_catalog" else ""
    return [f"CREATE EXTENSION {quoted(identity.name)}{where}"]


def _alter_extension(change: Altered[ExtensionFact]) -> Lines:
    name, other = quoted(change.identity.name), change.other
    lines: Lines = []
    if "version" in change.fields:
        lines.append(f"ALTER EXTENSION {name} UPDATE TO {string_literal(other.version)}")
    if "schema" in change.fields:
        lines.append(f"ALTER EXTENSION {name} SET SCHEMA {quoted(other.schema)}")
    return lines


def _create_collation(identity: Identity, fact: CollationFact, parts: CatalogParts) -> Lines:
    said = [f"provider = {fact.provider}"]
    if fact.locale is not None:
        said.append(f"locale = {string_literal(fact.locale)}")
    if fact.collate is not None and fact.locale is None:
        said.append(f"lc_collate = {string_literal(fact.collate)}")
    if fact.character_type is not None and fact.locale is None:
        said.append(f"lc_ctype = {string_literal(fact.character_type)}")
    if fact.rules is not None:
        said.append(f"rules = {string_literal(fact.rules)}")
    if not fact.deterministic:
        said.append("deterministic = false")
    return [f"CREATE COLLATION {dotted(identity.schema, identity.name)} ({', '.join(said)})"]


def _alter_database(change: Altered[DatabaseFact]) -> Lines | None:
    if not change.only("settings"):
        return None
    lines: Lines = []
    one, other = change.one.settings, change.other.settings
    kept = {of_setting(each)[:2] for each in other}
    for each in one:
        role, name, _ = of_setting(each)
        if (role, name) not in kept:
            lines.append(set_database(role, f"RESET {quoted(name)}"))
    for each in other:
        if each not in one:
            role, _, setting = of_setting(each)
            lines.append(set_database(role, f"SET {setting_value(change.identity, setting)}"))
    return lines


def of_setting(said: str) -> tuple[str, str, str]:
    """The role, the setting's name, and both its name and value."""
    name = said.partition("=")[0]
    role, colon, _ = name.rpartition(": ")
    setting = said[len(role) + len(colon) :]
    return role, setting.partition("=")[0], setting


def set_database(role: str, what: str) -> str:
    """What is set for a database, whichever it is: for all, or for a role."""
    what = what.replace("%", "%%")
    if role:
        return of_database(f"ALTER ROLE {quoted(role).replace('%', '%%')} IN DATABASE %I {what}")
    return of_database(f"ALTER DATABASE %I {what}")


ROLE_RULE: Final = DdlRule(_create_role, _alter_role, _drop_role)
MEMBERSHIP_RULE: Final = DdlRule(_grant_membership, never_altered, _revoke_membership)
SCHEMA_RULE: Final = DdlRule(_create_schema, never_altered, drop_plainly)
EXTENSION_RULE: Final = DdlRule(_create_extension, _alter_extension, drop_plainly)
COLLATION_RULE: Final = DdlRule(_create_collation, never_altered, drop_plainly)
DATABASE_RULE: Final = DdlRule(lambda identity, fact, parts: [], _alter_database, lambda identity, fact, parts: [])
