"""`seed`: what the config names fills a database; run again it does the same."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, cast

import msgspec

from qb.errors import DbError, InsufficientPrivilege, QueryError
from qb.errors.outcome import Failure, Outcome, Success
from qb.kit.errors import KitError, UnreadableSchema, UnreadableSql
from qb.kit.hidden_rows import hides_rows, sees_all_rows
from qb.kit.project_modules import importable
from qb.kit.running.names_said import with_names_said
from qb.kit.schema_module import module_named
from qb.kit.seeding.errors import HiddenRows, NotTheSameTwice, SeedFailed, UnreadableSeed
from qb.kit.sql_file import FileStatement, SqlFileError, file_text, split
from qb.query.raw import sql
from qb.query.script import Script
from qb.run.database.db import Db, Tx
from qb.types.identifier import quoted
from qb.types.trusted import trusted

SeedFunction: TypeAlias = Callable[[Tx], Outcome[object] | None]
"""What `shop.seeds:fill` is: it puts rows in where they are not there yet, in the transaction that it is given."""


class Seed(msgspec.Struct, frozen=True):
    """One seed: a function, or a file of SQL. `load_seeds` makes them of what the config names."""

    name: str
    function: SeedFunction | None = None
    statements: tuple[FileStatement, ...] = ()
    file: str | None = None

    def __repr__(self) -> str:
        return f"<seed {self.name}>"


class Seeded(msgspec.Struct, frozen=True):
    """What `seed` has done."""

    seeds: tuple[str, ...]
    changed: tuple[str, ...]
    """The tables that are no longer what they were."""


Seeding: TypeAlias = Success[Seeded] | Failure[KitError | DbError, Seeded]
"""What comes back: what was done, or why nothing was."""


def load_seeds(
    names: Sequence[str], *, folder: Path | str | None = None
) -> Success[tuple[Seed, ...]] | Failure[KitError, tuple[Seed, ...]]:
    """The seeds of these names, in order: `shop.seeds:fill` is a function, `seeds/*.sql` are files of SQL.

    Modules are found as `load_schema` finds them, files from `folder` on. Errors: `UnreadableSeed`,
    `UnreadableSchema` where a module cannot be imported, `UnreadableSql`.

    >>> from qb.kit import load_seeds
    >>> load_seeds(["tables.pivotal.seed:seed"])
    <Success: (<seed tables.pivotal.seed:seed>,)>
    >>> load_seeds(["tables.pivotal.seed:sed"])
    <Failure: the seed tables.pivotal.seed:sed: tables.pivotal.seed has no function sed>
    """
    base = Path.cwd() if folder is None else Path(folder).resolve()
    found: list[Seed] = []
    try:
        with importable(folder):
            for name in names:
                if name.endswith(".sql"):
                    found += _files(name, base)
                else:
                    found.append(_function(name, base))
    except (UnreadableSeed, UnreadableSchema, UnreadableSql) as error:
        return Failure(error)
    except SqlFileError as error:
        return Failure(UnreadableSql(error.file, error.line, error.column, error.message))
    return Success(tuple(found))


def seed(db: Db, seeds: Sequence[Seed | SeedFunction], *, twice: bool = False) -> Seeding:
    """Run seeds in their order, in one transaction: all of them are done, or none.

    A seed has to do the same when it is run again: it puts in what is not there yet. With `twice` that is tried: all
    are run once more, and nothing is kept where that changes a row. Errors: `SeedFailed` with the line, what a function
    gives as its Failure, `NotTheSameTwice`, `HiddenRows` where row security keeps that from being known, those of the
    world.

    >>> from qb.kit import seed
    >>> def kurt(tx: Tx) -> Outcome[int]:
    ...     return tx.execute(insert(new(User)(name="Kurt")).on_conflict(User.name, nothing=True))
    >>> seed(db, [kurt], twice=True).unwrap().changed
    ('public.users',)
    >>> def once_more(tx: Tx) -> Outcome[int]:
    ...     return tx.execute(insert(new(Task)(title="again", user_id=1)))
    >>> seed(db, [once_more], twice=True)
    <Failure: the seed ...once_more is not the same twice: public.tasks: 4 rows became 5>
    """
    known = [each if isinstance(each, Seed) else Seed(_name_of(each), each) for each in seeds]

    def work(tx: Tx) -> Seeding:
        try:
            before = _state(tx, all_rows=twice)
            for each in known:
                _run(tx, each)
            first = _state(tx, all_rows=twice)
            for each in known if twice else ():
                state = _state(tx, all_rows=True)
                _run(tx, each)
                _same(each, state, _state(tx, all_rows=True))
        except (KitError, DbError) as error:
            return Failure(error)
        changed = tuple(sorted(name for name in {*before, *first} if before.get(name) != first.get(name)))
        return Success(Seeded(tuple(each.name for each in known), changed))

    return db.transact(work)


def _name_of(function: SeedFunction) -> str:
    return f"{getattr(function, '__module__', '')}:{getattr(function, '__qualname__', repr(function))}"


def _files(name: str, base: Path) -> list[Seed]:
    pattern = base / name
    paths = sorted(pattern.parent.glob(pattern.name))
    if not paths:
        raise UnreadableSeed(name, f"there is no such file in {base}")
    found: list[Seed] = []
    for path in paths:
        try:
            text = file_text(path.read_bytes(), str(path))
        except OSError as error:
            raise UnreadableSeed(name, f"{path} cannot be read: {error.strerror}") from None
        statements = split(text, str(path), connects=False)
        for each in statements:
            if (message := _refused(each)) is not None:
                raise SqlFileError(str(path), each.line, each.column, message)
        shown = path.relative_to(base).as_posix() if path.is_relative_to(base) else str(path)
        found.append(Seed(shown, statements=statements, file=str(path)))
    return found


_ENDS = ("BEGIN", "COMMIT", "ROLLBACK", "START", "END", "ABORT", "SAVEPOINT", "RELEASE")


def _refused(statement: FileStatement) -> str | None:
    """Why a statement is not run in a seed."""
    words = statement.words
    if words[:1] and (words[0] in _ENDS or words[:2] == ("PREPARE", "TRANSACTION")):
        return "all seeds are one transaction: take it out"
    if statement.data is not None:
        return "the rows of a COPY are not sent from a file: write INSERT (pg_dump --inserts), or a function"
    return None


def _function(name: str, base: Path) -> Seed:
    path, colon, attribute = name.partition(":")
    if not colon or not attribute.isidentifier() or not all(part.isidentifier() for part in path.split(".")):
        raise UnreadableSeed(name, "a seed is module:function, as shop.seeds:fill, or a file that ends with .sql")
    found: Any = getattr(module_named(path, name, base), attribute, None)
    if found is None:
        raise UnreadableSeed(name, f"{path} has no function {attribute}")
    if not callable(found):
        raise UnreadableSeed(name, f"{path}.{attribute} is a {type(found).__name__} and no function")
    return Seed(name, cast("SeedFunction", found))


def _run(tx: Tx, seed: Seed) -> None:
    for each in seed.statements:
        try:
            outcome = tx.run(Script(trusted(each.text)))
        except QueryError as error:  # what is never sent: COPY to the client, a block that ends the transaction
            raise SeedFailed(seed.name, seed.file, each.line, str(error)) from None
        if isinstance(outcome, Failure):
            refused = with_names_said(outcome.failure(), each.text)
            raise SeedFailed(seed.name, seed.file, each.line, str(refused))
    if seed.function is None:
        return
    try:
        given = tx.transact(lambda inner: _outcome(seed, inner))
    except (KitError, DbError):
        raise
    except Exception as error:
        file, line = _place(error)
        # What it says may be a value of a row: it is the cause, and no part of the message.
        raise SeedFailed(seed.name, file, line, f"it has raised {type(error).__name__}") from error
    if isinstance(given, Failure):
        lost = given.failure()
        raise SeedFailed(seed.name, None, None, str(lost))


def _outcome(seed: Seed, tx: Tx) -> Outcome[object]:
    assert seed.function is not None
    found = seed.function(tx)
    return Success(None) if found is None else found


def _place(error: BaseException) -> tuple[str | None, int | None]:
    """The line of the seed's own module that it came from."""
    ours = str(Path(__file__).resolve().parents[2])
    frames = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    theirs = [each for each in frames if not each[0].startswith(("<", ours)) and "site-packages" not in each[0]]
    return theirs[-1] if theirs else (None, None)


_TABLES = sql("""
SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY 1, 2
""").rows(tuple[str, str])


def _state(tx: Tx, *, all_rows: bool) -> Mapping[str, tuple[int, str]]:
    """Of each table how many rows it has, and a sum of them: of all, or of those that the role sees. Raises
    `HiddenRows`, and errors of the world."""
    found: dict[str, tuple[int, str]] = {}
    for schema, name in tx.raising.all(_TABLES):
        query = sql(trusted(_state_sql(schema, name))).rows(tuple[int, str])
        try:
            with tx.transaction(rollback=True) as inner:
                if all_rows:
                    sees_all_rows(inner)
                found[f"{schema}.{name}"] = inner.raising.one(query)
        except InsufficientPrivilege as error:  # somebody else's is not ours to read
            if hides_rows(error):
                raise HiddenRows(f"{schema}.{name}") from None
    return found


def _state_sql(schema: str, name: str) -> str:
    """A query of it. Rows are added up as numbers, so that no text grows with the table; `t.*` is the row whatever its
    columns are called, which `t` alone is not."""
    row = "pg_catalog.md5((t.*)::text)"
    halves = ", ".join(
        f"coalesce(sum(('x' || substr({row}, {first}, 16))::bit(64)::bigint::numeric), 0)::text" for first in (1, 17)
    )
    text = f"SELECT count(*), concat_ws(' ', {halves}) FROM {quoted(schema)}.{quoted(name)} AS t"
    return text.replace("{", "{{").replace("}", "}}")


def _same(seed: Seed, before: Mapping[str, tuple[int, str]], after: Mapping[str, tuple[int, str]]) -> None:
    for name in sorted({*before, *after}):
        was, now = before.get(name), after.get(name)
        if was == now:
            continue
        if was is None or now is None:
            changed = "it is made" if was is None else "it is dropped"
        else:
            changed = f"{was[0]} rows became {now[0]}" if was[0] != now[0] else f"some of its {was[0]} rows changed"
        raise NotTheSameTwice(name, seed.name, changed)
