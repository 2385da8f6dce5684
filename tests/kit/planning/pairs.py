"""Random databases changed step by step with rows in them: each step is planned, run up, run down, and up again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from hypothesis import assume, event, note
from hypothesis import strategies as st

from qb import Database, DefinitionError, Script, create_all, sql, trusted
from qb.kit import Catalog, Identity, diff, introspect
from qb.kit.diffs.renames import renames_of
from qb.kit.facts.column import ColumnFact
from qb.kit.ours.value import Ours
from qb.kit.planning.closure import Closure
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.fills import neutral_value
from qb.kit.planning.fingerprint import fingerprint
from qb.kit.planning.migration_plan import MigrationPlan
from qb.kit.planning.plan import plan
from qb.kit.planning.sides import Sides
from qb.kit.proving.fitting import fill_and_fit
from qb.run.database.db import Db
from qb.types.identifier import quoted
from qb.typing import Schema
from tests.kit.planning.edits import Draw, edited
from tests.kit.planning.plan_elsewhere import Elsewhere
from tests.kit.planning.rows_read import Read, gone, of_same_type, reads, rows_of, same_rows
from tests.kit.planning.runs import MigratedPair, run_measured, run_steps
from tests.kit.planning.server_says import no_difference, server_says
from tests.kit.planning.shapes import Renamed, Shape, parent_is_renamed, renamed_between, shape_of
from tests.kit.planning.wholes import writable

_UNIQUE: Final = ("primary key", "unique", "exclusion", "index")


class Side:
    """A database as it is at one moment: as the kit reads it, as the server says it, and where its rows are."""

    def __init__(self, db: Db, catalog: Catalog | None = None) -> None:
        self.catalog: Final = catalog or introspect(db).unwrap()
        self.says: Final = server_says(db)
        self.shape: Final = shape_of(db)


class Pair:
    """One database and the next, and what somebody says of it."""

    def __init__(self, before: Side, after: Side, ours: Ours, *, plain: bool, told: bool) -> None:
        self.before: Final = before
        self.after: Final = after
        self.ours: Final = ours
        self.renamed: Final[Renamed] = renamed_between(before.shape, after.shape, told=told)
        self.said: Final[dict[str, Any]] = {
            "ours": ours,
            "plain": plain,
            "renamed": self.renamed.names,
            "labels": self.renamed.labels,
        }
        self.refused = ""
        self.made: MigrationPlan = self.plan()
        self.fills: Final[Mapping[Identity, str]] = _fills(self) if told else {}
        if self.fills:
            self.said["fills"] = self.fills
            self.made = self.plan()

    def plan(self) -> MigrationPlan:
        """Now and then there is no order in which all of it can be done, and that is said: a view that reads a table of
        the same name as one that goes, say."""
        try:
            return plan(self.before.catalog, self.after.catalog, **self.said)
        except DefinitionError as error:
            if "Change them in two steps" not in str(error):
                raise
            self.refused = str(error)
            return MigrationPlan()

    def is_at(self, db: Db, side: Side) -> None:
        """The database is one of both: in the server's words, or as far as it is ours."""
        if not self.ours.declares:
            no_difference(server_says(db), side.says)
            return
        found = introspect(db).unwrap()
        same = fingerprint(found, self.ours) == fingerprint(side.catalog, self.ours)
        assert same, _told(found, side.catalog, self.ours)

    def losses_are_named(self) -> None:
        """All that is gone is named, and of all that is named something goes."""
        lost, named = set(gone(self.before.shape, self.after.shape, self.renamed)), set(self.made.loses)
        assert self.ours.declares or lost <= named, f"not named: {sorted(lost - named)}"
        more = {each for each in named - lost if each.startswith(("drop-table:", "drop-column:", "drop-value:"))}
        assert not more, f"named, and there: {sorted(more)}"
        same = named & set(of_same_type(self.before.shape, self.after.shape, self.renamed))
        assert not same, f"named, and of the same type: {sorted(same)}"

    def new_columns(self) -> set[Identity]:
        """Of the tables that are in both."""
        there = {self.renamed.of(each.identity) for _, each in self.before.shape.columns()}
        tables = {self.renamed.of(each.identity) for each in self.before.shape.tables.values()}
        after = {each.identity for _, each in self.after.shape.columns()} - there
        return {each for each in after if Identity("table", each.schema, "", each.table) in tables}

    def rows(self) -> list[Read]:
        return reads(self.before.shape, self.after.shape, self.renamed, self.made.loses, self.fills)


def check_pairs(db: Database, wanted: Schema, ours: Ours, draw: Draw, elsewhere: Elsewhere, count: int) -> None:
    """So many pairs of databases, the second of each the first of the next one, beginning with a schema's."""
    db.run(create_all(wanted)).unwrap()
    before = Side(db)
    assume(writable(before.catalog))
    for place in range(count):
        with db.transaction(rollback=True) as inner:
            catalog, done = edited(inner, draw, before.catalog)
            after = Side(inner, catalog)
        note(f"EDITS {place}\n" + ";\n".join(done))
        declared, told = draw(st.integers(0, 3)) == 0, draw(st.integers(0, 3)) > 0  # what is declared has no new names
        if parent_is_renamed(before.shape, after.shape):
            declared, told = False, True
        pair = Pair(before, after, ours if declared else Ours(), plain=draw(st.booleans()), told=told and not declared)
        if pair.refused:
            note(pair.refused)
            event("in two steps")
            continue
        if place == count - 1:
            assert elsewhere(before.catalog, after.catalog, pair.said) == pair.made
        check_pair(db, pair, by_migrate=draw(st.integers(0, 4)) == 0)
        before = Side(db)  # whatever the server has named


def check_pair(db: Database, pair: Pair, *, by_migrate: bool) -> None:
    """The up gives the second database and the down the first, and rows that are in both stay what they are.

    It goes on with the second.
    """
    made, before, after = pair.made, pair.before, pair.after
    note(f"SAID {pair.renamed.names} {pair.renamed.labels} {pair.fills} plain={pair.said['plain']}")
    note("UP\n" + ";\n".join(each.sql for each in made.up))
    note("DOWN\n" + ";\n".join(each.sql for each in made.down))
    note(f"LOSES {made.loses}")
    assert plan(after.catalog, after.catalog, ours=pair.ours).empty
    assert made.empty == (fingerprint(before.catalog, pair.ours) == fingerprint(after.catalog, pair.ours))
    if made.empty:
        pair.is_at(db, after)
        return
    pair.losses_are_named()
    sides = Sides(
        before.catalog, after.catalog, pair.ours, renames_of(pair.renamed.names, before.catalog, after.catalog)
    )
    fill_and_fit(db, sides, Closure(sides), made)
    left_out(db, pair)
    tables = pair.rows()
    rows = rows_of(db, tables, after=False)
    records = run_measured(db, sides, made)
    pair.is_at(db, after)
    found = introspect(db).unwrap()
    assert fingerprint(found, pair.ours) == fingerprint(after.catalog, pair.ours), _told(
        found, after.catalog, pair.ours
    )
    same_rows(rows_of(db, tables, after=True), rows)
    have_values(db, pair)
    run_steps(db, made.down)
    pair.is_at(db, before)
    same_rows(rows_of(db, tables, after=False), rows)
    if by_migrate:
        migrated = MigratedPair(db, made, records)
        migrated.up()
        pair.is_at(db, after)
        migrated.down()
        pair.is_at(db, before)
        migrated.forgotten()
        same_rows(rows_of(db, tables, after=False), rows)
    run_steps(db, made.up, records, gently=not pair.said["plain"])
    pair.is_at(db, after)
    same_rows(rows_of(db, tables, after=True), rows)
    empty(db, after.shape)


def have_values(db: Db, pair: Pair) -> None:
    """New columns hold what somebody has said of them."""
    for column, value in pair.fills.items():
        if column in pair.new_columns():
            table, name = f"{quoted(column.schema)}.{quoted(column.table)}", quoted(column.name)
            text = f"SELECT count(*) FROM {table} WHERE ({name} IS NOT DISTINCT FROM {value}) IS FALSE"
            assert db.raising.one(sql(trusted(text.replace("{", "{{").replace("}", "}}"))).rows(int)) == 0, name


def left_out(db: Db, pair: Pair) -> None:
    """No rows in what gets a column that has to have a value, where nobody has said one; or one that has the same value
    in all of them, and may not."""
    back = {now: one for one, now in pair.renamed.known.items()}
    for one, other, renamed in (
        (pair.before, pair.after, pair.renamed.of),
        (pair.after, pair.before, Renamed({}, {}, back).of),
    ):
        parts = CatalogParts(other.catalog)
        for table in one.shape.tables.values():
            now = other.shape.table(renamed(table.identity))
            there = {renamed(each.identity) for each in table.columns.values()}
            for each in now.columns.values() if now else ():
                if each.identity in there:
                    continue
                unique = each.has_value and any(of.kind in _UNIQUE for of in parts.needing(each.identity))
                asked = each.not_null and not each.has_value and each.identity not in pair.fills
                if now and (unique or (asked and one is pair.before)):
                    at = table.identity if one is pair.before else now.identity
                    db.run(Script(trusted(f"TRUNCATE {quoted(at.schema)}.{quoted(at.name)} CASCADE"))).unwrap()


def empty(db: Database, shape: Shape) -> None:
    """No row is left in any table."""
    names = [f"{quoted(each.identity.schema)}.{quoted(each.identity.name)}" for each in shape.tables.values()]
    gone = Script(
        "SET LOCAL session_replication_role = replica",
        *map(trusted, [f"DELETE FROM ONLY {name}" for name in names]),
    )
    db.run(gone).unwrap()


def _told(found: Catalog, wanted: Catalog, ours: Ours) -> str:
    changes = diff(found, wanted, ours=ours).changes
    return "\n".join(f"{each.how} {each.identity} {each.fields}" for each in changes)


def _fills(pair: Pair) -> Mapping[Identity, str]:
    """Values for columns that have to have one from now on, and that nothing else is asked of."""
    after = CatalogParts(pair.after.catalog)
    found: dict[Identity, str] = {}
    for identity, fact in pair.after.catalog.of(ColumnFact).items():
        if fact.of != "table" or not fact.not_null or fact.generated or fact.identity or fact.inherited:
            continue
        was = {str(now): one for one, now in pair.renamed.known.items()}.get(str(identity), identity)
        known = pair.before.shape.column(was)
        if known is not None and known.not_null:
            continue
        within = after.within(identity.schema, identity.table)
        if any(each.kind == "trigger" for each in within) or after.children(identity.schema, identity.table):
            continue
        if any(each.kind not in ("not null", "grant") for each in after.needing(identity)):
            continue
        value = neutral_value(fact.type, after)
        if value is not None:
            found[identity] = value
    return found
