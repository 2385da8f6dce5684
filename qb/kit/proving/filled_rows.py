"""Rows whose NULLs a plan fills: which of them can be filled, and how that is looked at without a table's triggers."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Final

from qb.errors.outcome import Failure, Outcome, ignore
from qb.kit.planning.ddl.sql_names import dotted
from qb.kit.planning.migration_plan import MigrationPlan, PlanStep
from qb.kit.planning.sides import Sides
from qb.model.object import Identity
from qb.query.raw import sql
from qb.query.script import Script
from qb.render.literals import string_literal
from qb.run.database.db import Db, Tx
from qb.types.identifier import quoted
from qb.types.trusted import trusted

_AS_IT_WAS: Final = {"O": "ENABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"}


def filled_columns(made: MigrationPlan, sides: Sides) -> dict[Identity, str]:
    """The columns that are there before and whose NULLs the way up fills, by their names before, with their values."""
    found: dict[Identity, str] = {}
    for each in made.up:
        if each.identity.kind == "filled":
            at, name = each.identity, quoted(each.identity.name)
            value = each.sql.partition(f" SET {name} = ")[2].removesuffix(f" WHERE {name} IS NULL")
            was = sides.was.get(Identity("column", at.schema, at.table, at.name))
            if was is not None:
                found[was] = value
    return found


def leave_fillable(db: Db, column: Identity, value: str) -> None:
    """Of the rows that are NULL there leave those that take the value, one beside the other. Others have nothing that
    it is made of, or a key is in the way: so rows are that are made up. Raises errors of the world."""
    table, name = dotted(column.schema, column.table), quoted(column.name)
    refused: list[str] = []
    with db.transaction(rollback=True) as tx:
        places = f"SELECT ctid::text FROM {table} WHERE {name} IS NULL ORDER BY ctid"
        for place in tx.raising.all(sql(trusted(_braced(places))).rows(str)):
            fill = f"UPDATE {table} SET {name} = {value} WHERE ctid = '{place}' AND ({value}) IS NOT NULL"
            done = tx.transact(partial(_written, fill))
            if isinstance(done, Failure):
                ignore(done)
                refused.append(place)
            elif not done.unwrap():
                refused.append(place)
    if refused:
        places = ", ".join(f"'{each}'" for each in refused)
        unseen = "SET LOCAL session_replication_role = replica"
        delete = f"DELETE FROM {table} WHERE ctid = ANY (ARRAY[{places}]::tid[])"
        db.run(Script(unseen, trusted(delete))).unwrap()


def _written(statement: str, tx: Tx) -> Outcome[int]:
    return tx.execute(sql(trusted(_braced(statement))).command())


@contextmanager
def without_triggers(db: Db, steps: Sequence[PlanStep]) -> Generator[None]:
    """While a plan writes into columns, no trigger of their tables changes what else is there: that is no plan's doing,
    and is tried where all of it runs again. Raises errors of the world."""
    off: list[tuple[int, str]] = []
    for table in sorted({dotted(each.identity.schema, each.identity.table) for each in steps if _writes(each)}):
        for oid, state in _triggers(db, table):
            off.append((oid, state))
            _switched(db, oid, "DISABLE")
    yield
    for oid, state in off:
        _switched(db, oid, _AS_IT_WAS[state])


def _switched(db: Db, trigger: int, how: str) -> None:
    """By whatever name it goes now, if it is still there."""
    said = f"SELECT tgrelid::pg_catalog.regclass::text, tgname::text FROM pg_catalog.pg_trigger WHERE oid = {trigger}"
    for table, name in db.raising.all(sql(trusted(said)).rows(tuple[str, str])):
        db.run(Script(trusted(f"ALTER TABLE {table} {how} TRIGGER {quoted(name)}"))).unwrap()


def _writes(step: PlanStep) -> bool:
    return step.identity.table != "" and step.sql.startswith("UPDATE ")


def _triggers(db: Db, table: str) -> list[tuple[int, str]]:
    """Those that somebody made and that are on, each with how it is."""
    said = (
        "SELECT oid::int8, tgenabled::text FROM pg_catalog.pg_trigger"
        f" WHERE tgrelid = {string_literal(table)}::pg_catalog.regclass AND NOT tgisinternal AND tgenabled <> 'D'"
        " ORDER BY tgname"
    )
    return db.raising.all(sql(trusted(_braced(said))).rows(tuple[int, str]))


def _braced(text: str) -> str:
    """Braces that stand for themselves in the text of `sql`."""
    return text.replace("{", "{{").replace("}", "}}")
