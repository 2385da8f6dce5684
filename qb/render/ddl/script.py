"""`create_all` and `drop_all`: a schema as DDL, operations to look at, text to read, keep and run.

https://www.postgresql.org/docs/current/ddl.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar, cast

from qb.ddl.operation import Operation
from qb.ddl.plan import Plan, creation, removal
from qb.errors import DefinitionError
from qb.model.object import Identity
from qb.model.role import Role
from qb.model.schema import Schema
from qb.model.target import Requirements, Target

N = TypeVar("N", str, Role)


def create_all(
    schema: Schema, *, if_not_exists: bool = False, target: Target = Target(), stand_ins: bool = False
) -> Plan:
    """What creates everything in the schema: `db.run(create_all(schema))` does it all or nothing.

    Extensions and PostgreSQL schemas are shared with others: they are created where they are missing. Of the rest,
    what is there already is an error, or with `if_not_exists` left as it is.

    With `if_not_exists` a table that stands must be the declared one: where a column is missing, or has another type or
    another NOT NULL in the catalog, running the script is a `SchemaMismatch` that names the first, and nothing has
    happened. What only the server has may stay, unless no row could be inserted without it: a column that is NOT NULL
    and has no default. What decides who meets and writes which rows must be the declared one as well, or it fails so,
    too: policies, views, functions, procedures and triggers, as PostgreSQL reads them, and roles by their attributes.
    Nothing else of a name that stands is compared: defaults, generated expressions, constraints (guards among them),
    indexes, how a table is divided, unlogged or kept, materialized views, enums, domains, composite types, sequences,
    collations, statistics, publications, event triggers, text search configurations, extensions, objects of
    `custom_object`. Row security, grants, memberships and comments are said again, and what is granted beside stays.

    What is `external` is somebody else's, and left alone. On a throw-away server, where its owner is not, `stand_ins`
    makes it, too, as far as it is declared: tables with their columns and keys, enums, functions that give NULL.

    It is written for the newest PostgreSQL that qb knows, or for the `target`. Errors: DefinitionError, naming table
    and column, for what an older one lacks.

    >>> from qb import Col, Table, column, create_all, schema
    >>> class City(Table, name="cities"):
    ...     id: Col[int] = column(primary_key=True)
    ...     name: Col[str] = column(default="", check=lambda name: name != "?")
    >>> print(create_all(schema(City)))
    CREATE TABLE "cities" (
      "id" bigint NOT NULL,
      "name" text DEFAULT ''::text NOT NULL,
      CONSTRAINT "cities_pkey" PRIMARY KEY ("id"),
      CONSTRAINT "cities_name_check" CHECK ("name" <> '?'::text)
    );
    >>> create_all(schema(City)).operations
    (<create table cities>,)
    """
    return planned(creation(schema, if_not_exists=if_not_exists, stand_ins=stand_ins), target)


def drop_all(
    schema: Schema,
    *,
    if_exists: bool = False,
    cascade: bool = False,
    stand_ins: bool = False,
    roles: Iterable[Role] = (),
    extensions: Iterable[str] = (),
) -> Plan:
    """What drops all that the schema has; a PostgreSQL schema too, if nothing else is in it.

    Of roles and extensions, which others may use, those alone that are named here; of privileges those alone that are
    declared, and are on what it drops or of roles of ours: what "public" or a role of somebody else's may do with what
    stays may have been so before, and stays, as a membership of two such roles does.

    What is missing is an error, unless `if_exists`. So are views and foreign keys of others that depend on a table,
    unless `cascade` drops them, too. What is `external` stays, but with `stand_ins` what `create_all` made of it goes.
    https://www.postgresql.org/docs/current/sql-droptable.html

    >>> print(drop_all(schema(User, Task)))
    DROP TABLE "tasks";
    DROP TABLE "users";
    """
    there = {each.identity: each for each in schema.roots}
    shared = [Identity("extension", "", "", each) for each in _named("extensions", extensions, str, '["pg_trgm"]')]
    shared += [each.identity for each in _named("roles", roles, Role, "[reader], a list of what role(...) made")]
    for each in shared:
        found = there.get(each)
        if found is None:
            raise DefinitionError(f"drop_all: the {each} is not in the schema: drop it where it is declared")
        if isinstance(found, Role) and found.external:
            raise DefinitionError(f"drop_all: the {each} is external, so somebody else drops it")
    made = removal(schema, if_exists=if_exists, cascade=cascade, stand_ins=stand_ins, shared=shared)
    return planned(made, Target())


def _named(option: str, given: Iterable[N], kind: type[N], example: str) -> tuple[N, ...]:
    """What is dropped although it is shared. DefinitionError for one that stands for several, or is another kind."""
    found: tuple[object, ...] = (given,) if isinstance(given, str | Role) else tuple(given)
    for each in found:
        if isinstance(given, str | Role) or not isinstance(each, kind):
            raise DefinitionError(f"drop_all: {option} is not {each!r}: write {option}={example}")
    return cast("tuple[N, ...]", found)


def planned(operations: Iterable[Operation], target: Target) -> Plan:
    """Operations as the script that does them in one transaction. DefinitionError for one that no transaction takes."""
    # PyPika is only imported by those who compile: `import qb` stays quick.
    from qb.render.ddl.write import statements

    found = tuple(operations)
    for each in found:
        if not each.transactional:
            raise DefinitionError(f"{each!r} cannot run in a transaction, and a script is one: run it by itself")
    needs = Requirements(target)
    written = [statements(each, needs) for each in found]
    return Plan(found, written, needs.newest)
