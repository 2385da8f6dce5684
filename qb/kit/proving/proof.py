"""One proof: a database is made and filled, a plan runs on it, and what is there is compared with what should be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Success, ignore
from qb.kit.catalog import Catalog
from qb.kit.diffs.compare import diff
from qb.kit.errors import KitError
from qb.kit.facts.base import Fact
from qb.kit.facts.role import MembershipFact, RoleFact
from qb.kit.history.segments import SqlSegment, segments
from qb.kit.ours.value import Ours
from qb.kit.planning.closure import Closure
from qb.kit.planning.fingerprint import fingerprint
from qb.kit.planning.migration_plan import MigrationPlan, PlanStep
from qb.kit.planning.plan import plan
from qb.kit.planning.sides import Sides
from qb.kit.planning.written_plan import plan_sql
from qb.kit.proving.errors import NotProved
from qb.kit.proving.filled_rows import filled_columns, without_triggers
from qb.kit.proving.fitting import fill_and_fit
from qb.kit.proving.kept_rows import kept_tables, sums
from qb.kit.proving.lock_probes import measured_outside
from qb.kit.proving.measuring import Measured, StatementRefused, measured_together, tables_there
from qb.kit.proving.proof_place import ProofPlace
from qb.kit.reader import introspect
from qb.kit.shadow_server import has_extensions, has_roles
from qb.kit.sought import without_arguments
from qb.model.object import Identity
from qb.query.script import Script
from qb.run.database.db import Db
from qb.run.database.own_session import OwnSession
from qb.types.identifier import quoted
from qb.types.trusted import trusted

_ROLES: Final = frozenset(("role", "membership"))
_NOT_MADE: Final = frozenset(("database", "extension"))
ProofWay: TypeAlias = Literal["before", "up", "down", "up again"]


class ProvedPlan(msgspec.Struct, frozen=True):
    """What was seen of a plan that does what it is to do."""

    up: tuple[Measured, ...]
    """Of each statement what it did to tables that were there."""
    down: tuple[Measured, ...]
    rows: int
    """How many rows were the same afterwards, up and down."""
    empty: tuple[str, ...]
    """The tables that no row could be made for: nothing is proved of theirs."""
    between: Mapping[str, str] = MappingProxyType({})
    """Fingerprints behind the segments of the up that are run outside of a transaction."""
    unfit: tuple[str, ...] = ()
    """The tables of whose rows the change takes none: nothing is proved of theirs either."""


class ProofRefused(Exception):
    """It is not proved, or cannot be."""

    def __init__(self, error: DbError | KitError) -> None:
        self.error: Final = error


class ProofRun:
    """One proof on one database."""

    def __init__(
        self,
        place: ProofPlace,
        sides: Sides,
        made: MigrationPlan,
        *,
        one_way: bool = False,
        rest: Mapping[Identity, Fact] = MappingProxyType({}),
    ) -> None:
        self.rest: Final = rest
        """What else is in the database before, which nothing happens to."""
        self.place: Final[ProofPlace] = place
        self.db: Final[Db] = place.db
        self.made: Final[MigrationPlan] = made
        self.before: Final[Catalog] = sides.before.catalog
        self.after: Final[Catalog] = sides.after.catalog
        self.ours: Final[Ours] = sides.ours
        self.sides: Final = sides
        self.closure: Final = Closure(sides)
        self.one_way: Final = one_way
        """Whether there is no way back."""
        self.between: Final[dict[str, str]] = {}

    def run(self, changed: Collection[Identity] = ()) -> ProvedPlan:
        """What was seen. Rows of the tables that are `changed` may be others. Raises `ProofRefused`."""
        self.begin()
        filled = fill_and_fit(self.db, self.sides, self.closure, self.made)
        tables = kept_tables(self.sides, self.closure, filled_columns(self.made, self.sides))
        kept = tuple(each for each in tables if each.before not in changed)
        first = sums(self.db, kept, after=False)
        up = self.steps("up", self.made.up)
        self.compare("up", self.after, self.made.up)
        self.same_rows("up", first, sums(self.db, kept, after=True))
        down: tuple[Measured, ...] = ()
        if not self.one_way:
            down = self.steps("down", self.made.down)
            self.compare("down", self.before, self.made.down)
            self.same_rows("down", first, sums(self.db, kept, after=False))
            self.again()
        rows = sum(count for count, _ in first.values())
        return ProvedPlan(up, down, rows, filled.empty, self.between, filled.unfit)

    def begin(self) -> None:
        """The database before, with what is not ours in it, too: ours refers to that."""
        empty = self.read()
        known = {each.name for each in empty if each.kind == "role"}
        coming = (*self.sides.created, *self.sides.renamed.values())
        new = {each.name for each in coming if each.kind == "role"}
        there = self.after if self.place.own else (*self.before, *self.after)
        made = {each.name for each in self.before if each.kind == "role"} if self.place.own else set[str]()
        roles = sorted({each.name for each in there if each.kind == "role"} - known - new - made)
        named = {each.name for each in (*self.before, *self.after) if each.kind == "extension"}
        has_extensions(self.db, named, self.place.server)
        if not self.place.own:
            has_roles(self.db, roles, self.place.server)
        for each in roles:
            self.statement("before", f"role {each}", f"CREATE ROLE {quoted(each)}")
        whole = _everything(self.before, roles=self.place.own)
        steps = plan(empty, self.before, ours=whole, plain=True).up
        at_once = self.db.run(Script(*map(trusted, (each.sql for each in steps)))) if steps else Success(0)
        if isinstance(at_once, Failure):
            ignore(at_once)  # which of them it was, is found out one by one
            for step in steps:
                self.statement("before", str(step.identity), step.sql)
        self.compare("before", self.before, ())

    def statement(self, way: ProofWay, what: str, text: str) -> None:
        outcome = self.db.run(Script(trusted(text)))
        if isinstance(outcome, Failure):
            raise ProofRefused(NotProved(way, what, text, str(outcome.failure())))

    def steps(self, way: ProofWay, steps: Sequence[PlanStep]) -> tuple[Measured, ...]:
        """Run them as `migrate` does, and look at each."""
        found: list[Measured] = []
        known = tables_there(self.db)
        for segment in segments(plan_sql(steps)):
            group = steps[segment.first - 1 :][: len(segment.statements)]
            texts = tuple(each.text for each in segment.statements)
            settings = tuple(each.text for each in segment.settings)
            with without_triggers(self.db, group):
                try:
                    found += self.seen(segment, texts, settings, known)
                except StatementRefused as refused:
                    step = group[refused.place]
                    raise ProofRefused(NotProved(way, str(step.identity), step.sql, str(refused.error))) from None
        return tuple(found)

    def seen(
        self, segment: SqlSegment, texts: tuple[str, ...], settings: tuple[str, ...], known: Mapping[int, str]
    ) -> tuple[Measured, ...]:
        """One segment. Raises `StatementRefused`."""
        if segment.transactional:
            return measured_together(self.db, texts, settings=settings, known=known)
        outcome = measured_outside(self.place.db, texts[0], settings=settings, known=known)
        if isinstance(outcome, Failure):
            raise StatementRefused(0, outcome.failure())
        return (outcome.unwrap(),)

    def compare(self, way: ProofWay, wanted: Catalog, steps: Iterable[PlanStep]) -> None:
        found = self.read(wanted)
        if fingerprint(found, self.ours) == fingerprint(wanted, self.ours):
            return
        for change in diff(found, wanted, ours=self.ours).changes:
            fields = "; ".join(f"{each.name} is {each.before!r}, not {each.after!r}" for each in change.fields)
            how = {"missing": "it is there, and should not be", "added": "it is not there"}.get(change.how, fields)
            last = [each.sql for each in steps if each.identity == change.identity]
            raise ProofRefused(NotProved(way, str(change.identity), last[-1] if last else "", how))
        raise ProofRefused(NotProved(way, "the catalog", "", "its fingerprint is another one"))

    def same_rows(
        self, way: ProofWay, one: Mapping[Identity, tuple[int, str]], other: Mapping[Identity, tuple[int, str]]
    ) -> None:
        for table, (count, total) in one.items():
            now = other.get(table)
            if now is not None and now != (count, total):
                what = (
                    f"{count} rows became {now[0]}" if count != now[0] else f"its {count} rows are not what they were"
                )
                raise ProofRefused(NotProved(way, str(table), "", what))

    def read(self, wanted: Catalog | None = None) -> Catalog:
        """What is there. The roles of somebody's server are taken as they should be."""
        outcome = introspect(self.db)
        if isinstance(outcome, Failure):
            raise ProofRefused(outcome.failure())
        found = outcome.unwrap()
        if self.place.own or wanted is None:
            return found
        roles = {each: fact for each, fact in wanted.items() if isinstance(fact, RoleFact | MembershipFact)}
        rest = {each: fact for each, fact in found.items() if not isinstance(fact, RoleFact | MembershipFact)}
        return Catalog({**rest, **roles}, found.depends, found.version)

    def as_migrate(self, segment: SqlSegment) -> DbError | None:
        """Run a segment; what is wrong with it."""
        texts = [each.text for each in (*segment.settings, *segment.statements)]
        if segment.transactional:
            outcome = self.db.run(Script(*map(trusted, texts)))
            return outcome.failure() if isinstance(outcome, Failure) else None
        with OwnSession(self.place.db) as session:
            try:
                for text in texts:
                    session.run(text)
            except DbError as error:
                return error
        return None

    def again(self) -> None:
        """As it is run: in transactions, up and down."""
        for way, steps, wanted in (("up again", self.made.up, self.after), ("down", self.made.down, self.before)):
            for each in segments(plan_sql(steps)):
                if (error := self.as_migrate(each)) is not None:
                    what = f"transaction {each.number}"
                    raise ProofRefused(NotProved("up again", what, each.statements[0].text, str(error)))
                if way == "up again" and not each.transactional:
                    found = self.read()
                    whole = Catalog({**self.rest, **found}, found.depends, found.version)
                    self.between[str(each.number)] = fingerprint(whole, self.ours)
            if way == "up again":
                self.compare("up again", wanted, steps)


def _everything(catalog: Catalog, *, roles: bool) -> Ours:
    """All that is in a database is to be there, whoever's it is; and the server's roles, where it is thrown away."""
    left = _NOT_MADE if roles else _NOT_MADE | _ROLES
    return Ours(
        declared=frozenset(
            without_arguments(each)
            for each, fact in catalog.items()
            if each.kind not in left and fact.extension is None
        )
        | frozenset(each for each in catalog if each.kind == "extension" and each.name != "plpgsql")
    )
