"""`verify`: every object of a schema, and every variant of every prepared query, on a server of that schema."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from qb.errors import Cancelled, ConnectionLost, ConnectionRefused, DbError, PoolExhausted, QbError
from qb.errors.outcome import Failure, Success
from qb.kit.errors import KitError, NoShadow
from qb.kit.shadow import SETTINGS
from qb.kit.validating.classes import classes_of
from qb.kit.verifying.prepared_queries import built, prepared_in, variants_of
from qb.kit.verifying.raw_uses import raw_uses
from qb.kit.verifying.report import QueryProblem, Verified, VerifiedQuery
from qb.model.named_query import StandingRelation
from qb.model.schema import Schema
from qb.model.target import NEWEST, Target
from qb.query.script import Script
from qb.query.select import select
from qb.query.statement import Statement
from qb.render.compiled import compile_node
from qb.render.ddl.script import create_all
from qb.run.database.connect import connect
from qb.run.database.db import Db
from qb.run.server.embedded import MAJORS, embedded, project_folder
from qb.run.session.executable import Executable
from qb.run.session.ready import ready
from qb.run.talk.renew import anew
from qb.types.trusted import trusted


def verify(
    schema: Schema,
    *modules: ModuleType,
    db: Db | None = None,
    major: int = NEWEST,
    cache: Path | str | None = None,
    told: Callable[[str], None] = lambda name: None,
) -> Success[Verified] | Failure[DbError | KitError, Verified]:
    """Whether a server takes what a program will send: all objects of a schema, and the prepared queries of modules.

    The schema is created on the embedded server and rolled back, so that PostgreSQL reads every default, check, view,
    policy and function of it. Then each prepared query is built in each of its variants (each choice of None and of a
    Literal, within Structs, too) and prepared, and so is reading every table and view: what the server says of the
    columns is compared with what the Python types promise. No query runs. With `db` nothing is created: the queries
    are prepared against what is there. `told` is called with the name of each query.
    `Verified.raw` has each place where the modules write SQL by hand. Errors: `NoShadow`, and what the world does.
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
                return Success(_verified(schema, modules, tx, [], told))
        with _shadow(major, cache) as shadow, shadow.transaction(rollback=True) as tx:
            return Success(_verified(schema, modules, tx, _created(schema, major, tx), told))
    except (DbError, KitError) as error:
        return Failure(error)


@contextmanager
def _shadow(major: int, cache: Path | str | None) -> Generator[Db]:
    folder = Path(cache) if cache is not None else project_folder() / "cache"
    nearest = min(MAJORS, key=lambda each: (abs(each - major), -each))
    try:
        server = embedded(folder / f"shadow-{nearest}", major=nearest, settings=SETTINGS)
    except (ImportError, RuntimeError) as error:
        raise NoShadow(str(error)) from None
    with server, connect(server.url) as db:
        yield db


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
            if isinstance(error, _OF_THE_WORLD):
                raise
            problems.append(QueryProblem(name, "", str(error)))
    return problems


_OF_THE_WORLD: Final = (ConnectionLost, ConnectionRefused, PoolExhausted, Cancelled)
"""What is no answer to a statement."""


def _verified(
    schema: Schema, modules: Sequence[ModuleType], tx: Db, problems: list[QueryProblem], told: Callable[[str], None]
) -> Verified:
    relations: list[tuple[str, Any]] = [(str(table.identity), cls) for table, cls in classes_of(schema).items()]
    for module in modules:
        relations += [(repr(each)[1:-1], each) for each in vars(module).values() if isinstance(each, StandingRelation)]
    made: Any = select
    for name, relation in dict(relations).items():
        if (reason := _refused(tx, partial(made, relation))) is not None:
            problems.append(QueryProblem(name, "", reason))
    queries: list[VerifiedQuery] = []
    for found in prepared_in(modules):
        variants = variants_of(found.query)
        for variant in variants:
            reason = _refused(tx, partial(built, found.query, variant))
            if reason is not None:
                problems.append(QueryProblem(found.name, variant.where, reason, found.file, found.line))
        queries.append(VerifiedQuery(found.name, found.file, found.line, len(variants)))
        told(found.name)
    return Verified(tuple(queries), len(dict(relations)), tuple(problems), raw_uses(*modules))


def _refused(tx: Db, make: Callable[[], Statement]) -> str | None:
    """Why a statement cannot be built, or prepared, or does not give what was promised."""
    try:
        statement: Executable[Any] = Executable(compile_node(make().node))
    except (QbError, TypeError, AttributeError, ValueError) as error:  # of the body, which ran with nothing in it
        return f"it cannot be built: {type(error).__name__}: {error}"
    try:
        with tx.transaction(rollback=True) as inner:
            source, options = inner._source, inner._options  # pyright: ignore[reportPrivateUsage] - prepared, not run
            lease = source.checkout()
            try:
                anew(source, lease, lambda link: ready(link, statement, options))
            finally:
                source.give_back(lease)
    except DbError as error:
        if isinstance(error, _OF_THE_WORLD):
            raise
        return str(error)
    return None
