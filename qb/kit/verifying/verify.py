"""`verify`: every object of a schema, and every variant of every prepared query, on a server of that schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from qb.errors import DbError
from qb.errors.outcome import Failure, Success
from qb.kit.errors import KitError
from qb.kit.shadow import place_for
from qb.kit.table_classes import classes_of
from qb.kit.validating.asked import missing_grant
from qb.kit.verifying.asked_server import OF_THE_WORLD, AskedServer
from qb.kit.verifying.expressions import FoundExpression, bodies_of, expressions_of
from qb.kit.verifying.prepared_queries import built, count_of, prepared_in, variants_of
from qb.kit.verifying.raw_uses import raw_uses
from qb.kit.verifying.report import QueryProblem, Verified, VerifiedQuery
from qb.model.named_query import StandingRelation
from qb.model.schema import Schema
from qb.model.target import NEWEST, Target
from qb.query.raw import sql
from qb.query.script import Script
from qb.query.select import select
from qb.query.statement import Statement
from qb.render.ddl.script import create_all
from qb.run.database.db import Db
from qb.tree.statements import StatementNode
from qb.types.identifier import PUBLIC
from qb.types.trusted import trusted


def verify(
    schema: Schema,
    *modules: ModuleType,
    db: Db | None = None,
    major: int = NEWEST,
    shadow: str | None = None,
    cache: Path | str | None = None,
    told: Callable[[str], None] = lambda name: None,
) -> Success[Verified] | Failure[DbError | KitError, Verified]:
    """Whether a server takes what a program will send: all objects of a schema, and the prepared queries of modules.

    The schema is created on the embedded server, or in a scratch database at `shadow` (see `canonical`), and rolled
    back, so that PostgreSQL reads every default, check, view, policy and function of it. Then each prepared query is
    built in each of its variants (each choice of None and of a Literal, within Structs, too; of more than 256 in as
    many that have each choice in them, and `VerifiedQuery.left` says how many are left) and prepared, and so is
    reading every table and view: what the server says of parameters and columns is compared with what the Python types
    promise. No query runs. With `db` nothing is created: the queries are prepared against what is there, and so are
    the schema's defaults, checks, policies and views; a column that is never None in Python has to be NOT NULL there.
    `told` is called with the name of each query. `Verified.raw` has each place where the modules write SQL by hand.
    Errors: `MissingExtensions`, `MissingRoles`, `NoShadow`, and what the world does.
    https://www.postgresql.org/docs/current/sql-prepare.html

    >>> from qb.kit import verify
    >>> from tables import promptliano
    >>> from tables.promptliano.queries import tickets
    >>> found = verify(promptliano.schema, tickets).unwrap()
    >>> found.ok, found.queries[0].name, found.variants > len(found.queries)
    (True, 'tables.promptliano.queries.tickets...', True)
    """
    try:
        if db is not None:
            with db.transaction(rollback=True) as tx:
                problems = [*_refusals(expressions_of(schema), AskedServer(tx)), *_perhaps_null(schema, tx)]
                return Success(_verified(schema, modules, tx, problems, told))
        with (
            place_for(schema, major=major, shadow=shadow, cache=cache) as (place, wanted, version),
            place.transaction(rollback=True) as tx,
        ):
            return Success(_verified(schema, modules, tx, _created(wanted, version, tx), told))
    except (DbError, KitError) as error:
        return Failure(error)


def _created(schema: Schema, major: int, tx: Db) -> list[QueryProblem]:
    """Create all of it. Where the server refuses something, one by one: that is a problem, and so is what needs it."""
    plan = create_all(schema, target=Target(min(major, NEWEST)), stand_ins=True)
    with suppress(DbError), tx.transaction() as inner:
        inner.raising.run(plan)
        return []
    problems: list[QueryProblem] = []
    names: list[str] = [repr(each)[1:-1] for each in plan.operations]
    if len(names) != len(plan.statements):  # some take several
        names = [each.partition("(")[0].partition("\n")[0].strip() for each in plan.statements]
    for name, statement in zip(names, plan.statements, strict=True):
        try:
            with tx.transaction() as inner:
                inner.raising.run(Script(trusted(statement)))
        except DbError as error:
            if isinstance(error, OF_THE_WORLD):
                raise
            problems.append(QueryProblem(name, "", str(error)))
    return problems


def _verified(
    schema: Schema, modules: Sequence[ModuleType], tx: Db, problems: list[QueryProblem], told: Callable[[str], None]
) -> Verified:
    asked = AskedServer(tx)
    tables = {str(table.identity): (table, cls) for table, cls in classes_of(schema).items()}
    relations: list[tuple[str, Any]] = [(name, cls) for name, (_, cls) in tables.items()]
    for module in modules:
        relations += [(repr(each)[1:-1], each) for each in vars(module).values() if isinstance(each, StandingRelation)]
    made: Any = select
    for name, relation in dict(relations).items():
        if (reason := asked.refused(partial(_node, partial(made, relation)))) is not None:
            fix = missing_grant(tables[name][0], tx) if name in tables else None
            problems.append(QueryProblem(name, "", reason, fix=fix))
    problems += _refusals(bodies_of(schema), asked)
    queries: list[VerifiedQuery] = []
    for found in prepared_in(modules):
        variants = variants_of(found.query)
        for variant in variants:
            reason = asked.refused(partial(_node, partial(built, found.query, variant)))
            if reason is not None:
                problems.append(QueryProblem(found.name, variant.where, reason, found.file, found.line))
        left = count_of(found.query) - len(variants)
        queries.append(VerifiedQuery(found.name, found.file, found.line, len(variants), left))
        told(found.name)
    return Verified(tuple(queries), len(dict(relations)), tuple(problems), raw_uses(*modules))


def _refusals(found: Iterable[FoundExpression], asked: AskedServer) -> Iterator[QueryProblem]:
    for each in found:
        if (reason := asked.refused(each.node)) is not None:
            yield QueryProblem(each.what, "", reason)


_NULLABLE: Final = """
SELECT n.nspname::text, c.relname::text, a.attname::text
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_type t ON t.oid = a.atttypid
WHERE (n.nspname, c.relname) IN (SELECT * FROM unnest({schemas}::text[], {names}::text[]))
  AND c.relkind IN ('r', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped AND NOT a.attnotnull AND NOT t.typnotnull
ORDER BY 1, 2, a.attnum
"""


def _perhaps_null(schema: Schema, tx: Db) -> Iterator[QueryProblem]:
    """Columns that are never None in Python, and that the database lets be NULL."""
    if not schema.tables:
        return
    schemas, names = (
        [each.source.schema or PUBLIC for each in schema.tables],
        [each.source.name for each in schema.tables],
    )
    rows = tx.raising.all(sql(_NULLABLE, schemas=schemas, names=names).rows(tuple[str, str, str]))
    nullable = set(rows)
    for table in schema.tables:
        for column in table.columns:
            if not column.optional and (table.source.schema or PUBLIC, table.source.name, column.name) in nullable:
                reason = "it is never None in Python, and the database lets it be NULL"
                yield QueryProblem(str(column.identity), "", reason)


def _node(make: Callable[[], Statement]) -> StatementNode:
    return make().node
