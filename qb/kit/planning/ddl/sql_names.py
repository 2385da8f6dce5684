"""What statements call an object: every identifier quoted, its schema always said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from qb.errors import DefinitionError
from qb.kit.facts.base import Fact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.function import AggregateFact
from qb.kit.qualified import routine_parts
from qb.model.object import Identity
from qb.render.literals import string_literal
from qb.types.identifier import quoted

CONSTRAINT_KINDS: Final = frozenset(("primary key", "unique", "foreign key", "check", "exclusion", "not null"))
RELATIONS_OF_SQL: Final = ("table", "view", "materialized view", "foreign table")
ROUTINE_KINDS: Final = frozenset(("function", "procedure", "aggregate"))
_WORDS: Final = {
    "composite type": "TYPE",
    "enum": "TYPE",
    "range": "TYPE",
    "base type": "TYPE",
    "foreign-data wrapper": "FOREIGN DATA WRAPPER",
}
"""What SQL calls a kind, where that is not its own name."""
_ON_TABLE: Final = ("trigger", "policy", "rule")


def dotted(schema: str, name: str) -> str:
    """A name with its schema, where it has one.

    >>> dotted("app", 'a "b" c')
    '"app"."a ""b"" c"'
    """
    return f"{quoted(schema)}.{quoted(name)}" if schema else quoted(name)


def routine_name(identity: Identity, fact: Fact | None = None) -> str:
    """A routine with the types of its arguments."""
    name, types = routine_parts(identity.name)
    types = types.removesuffix(")")
    if isinstance(fact, AggregateFact):
        types = fact.arguments or "*"
    return f"{dotted(identity.schema, name)}({types})"


def sql_word(kind: str) -> str:
    """What SQL calls a kind.

    >>> sql_word("materialized view"), sql_word("enum")
    ('MATERIALIZED VIEW', 'TYPE')
    """
    return _WORDS.get(kind, kind.upper())


def sql_name(identity: Identity, fact: Fact | None = None) -> str:
    """The name of what stands by itself."""
    kind = identity.kind
    if kind in ROUTINE_KINDS:
        return routine_name(identity, fact)
    if kind in ("operator", "cast", "user mapping", "transform"):
        return identity.name  # which is SQL already
    if kind.startswith("operator "):
        name, _, method = identity.name.rpartition(" USING ")
        return f"{dotted(identity.schema, name)} USING {method}"
    return dotted(identity.schema, identity.name)


def name_of_table(identity: Identity) -> str:
    """The name of what a part is in."""
    return dotted(identity.schema, identity.table)


def object_words(identity: Identity, fact: Fact | None = None) -> str:
    """What DROP, COMMENT ON and ALTER ... OWNER call an object.

    >>> object_words(Identity("column", "app", "people", "name"))
    'COLUMN "app"."people"."name"'
    """
    kind = identity.kind
    if kind in ("column", "attribute"):
        return f"COLUMN {name_of_table(identity)}.{quoted(identity.name)}"
    if kind in CONSTRAINT_KINDS:
        domain = "DOMAIN " if isinstance(fact, ConstraintFact) and fact.of == "domain" else ""
        return f"CONSTRAINT {quoted(identity.name)} ON {domain}{name_of_table(identity)}"
    if kind in _ON_TABLE:
        return f"{kind.upper()} {quoted(identity.name)} ON {name_of_table(identity)}"
    return f"{sql_word(kind)} {sql_name(identity, fact)}"


def comment_on(identity: Identity, fact: Fact, comment: str | None) -> str:
    """COMMENT ON; None takes it away."""
    said = "NULL" if comment is None else string_literal(comment)
    if identity.kind == "database":
        return of_database("COMMENT ON DATABASE %I IS %L", said)
    return f"COMMENT ON {object_words(identity, fact)} IS {said}"


def of_database(template: str, *values: str) -> str:
    """A statement about the database that it is run in, which has another name elsewhere. `template` is that of
    `format`, whose first value is the name."""
    text = string_literal(template)
    more = "".join(f", {each}" for each in values)
    body = f"BEGIN EXECUTE pg_catalog.format({text}, pg_catalog.current_database(){more}); END"
    return f"DO {string_literal(body)}"


def settings_list(options: Iterable[str]) -> str:
    """Storage parameters: `fillfactor=70` becomes `"fillfactor" = '70'`."""
    found: list[str] = []
    for each in options:
        name, _, value = each.partition("=")
        found.append(f"{'.'.join(map(quoted, name.split('.')))} = {string_literal(value)}")
    return ", ".join(found)


def with_options(options: Iterable[str]) -> str:
    """WITH and storage parameters, with a space before; nothing where there are none."""
    found = settings_list(options)
    return f" WITH ({found})" if found else ""


def unwritable(identity: Identity) -> DefinitionError:
    """What is told of an object that no fact says whole: an address, a password, code in C."""
    return DefinitionError(
        f"{identity} cannot be written: not all that makes it can be read from a server. Write it by hand, in a "
        "migration of its own, and leave it out of what is yours: exclude in the config"
    )


def foreign_options(identity: Identity, options: tuple[str, ...]) -> str:
    """OPTIONS of what is foreign, with a space before. Of one that may be a secret nobody reads the value."""
    if not all("=" in each for each in options):
        raise unwritable(identity)
    pairs = (each.partition("=") for each in options)
    found = ", ".join(f"{quoted(name)} {string_literal(value)}" for name, _, value in pairs)
    return f" OPTIONS ({found})" if found else ""


def changed_foreign_options(identity: Identity, before: Iterable[str], after: Iterable[str]) -> str:
    """OPTIONS that ALTER takes: ADD, SET and DROP."""
    one = {each.partition("=")[0]: each.partition("=")[2] for each in before}
    other = {each.partition("=")[0]: each.partition("=")[2] for each in after}
    if any("=" not in each and each not in one for each in after):
        raise unwritable(identity)
    found = [f"DROP {quoted(name)}" for name in one if name not in other]
    for name, value in other.items():
        if one.get(name) != value:
            found.append(f"{'SET' if name in one else 'ADD'} {quoted(name)} {string_literal(value)}")
    return f"OPTIONS ({', '.join(found)})"


def changed_options(before: Iterable[str], after: Iterable[str]) -> list[str]:
    """What ALTER says of storage parameters: RESET of what is gone, SET of what is new."""
    one, other = tuple(before), tuple(after)
    names = {each.partition("=")[0] for each in other}
    gone = [each.partition("=")[0] for each in one if each.partition("=")[0] not in names]
    found = [f"RESET ({', '.join('.'.join(map(quoted, each.split('.'))) for each in gone)})"] if gone else []
    new = [each for each in other if each not in one]
    return found + ([f"SET ({settings_list(new)})"] if new else [])


_LISTS: Final = frozenset(
    (
        *("search_path", "temp_tablespaces", "session_preload_libraries", "local_preload_libraries"),
        *(
            "shared_preload_libraries",
            "unix_socket_directories",
            "createrole_self_grant",
            "restrict_nonsystem_relation_kind",
        ),
    )
)
"""Settings that are lists of names, each quoted by itself."""


def setting_value(identity: Identity, setting: str) -> str:
    """`name=value` as SET says it: `"work_mem" TO '1MB'`. Of one that may be a secret nobody reads the value.

    >>> setting_value(Identity("role", "", "", "ada"), 'search_path=app, "$user"')
    '"search_path" TO \\'app\\', \\'$user\\''
    >>> setting_value(Identity("role", "", "", "ada"), "app.jwt_secret")
    Traceback (most recent call last):
    ...
    qb.errors.DefinitionError: role ada cannot be written: not all that makes it can be read from a server...
    """
    name, sign, value = setting.partition("=")
    if not sign:
        raise unwritable(identity)
    written = ".".join(map(quoted, name.split(".")))
    if name.lower() not in _LISTS:
        return f"{written} TO {string_literal(value)}"
    names = [string_literal(each) for each in _names(value)]
    return f"{written} TO {', '.join(names) or string_literal('')}"


def _names(value: str) -> list[str]:
    """The names of a list as a setting has it."""
    found: list[str] = []
    current, inside, was_quoted, place = "", False, False, 0
    while place < len(value):
        sign = value[place]
        if sign == '"' and inside and value[place + 1 : place + 2] == '"':
            current += sign
            place += 1
        elif sign == '"':
            inside, was_quoted = not inside, True
        elif sign == "," and not inside:
            found.append(current)
            current, was_quoted = "", False
        elif inside or not sign.isspace():
            current += sign
        place += 1
    if current or was_quoted:
        found.append(current)
    return found
