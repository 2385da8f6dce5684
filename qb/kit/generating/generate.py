"""`generate`: a migration from the head of the history to what the schema says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from qb.errors import DbError, DefinitionError
from qb.errors.outcome import Failure, Success
from qb.kit.catalog import Catalog
from qb.kit.diffs.compare import diff
from qb.kit.errors import KitError
from qb.kit.facts.type import EnumFact
from qb.kit.generating.naming import migration_name
from qb.kit.generating.questions import (
    AnswersNeeded,
    HintWithoutMatch,
    Question,
    hinted_fills,
    hinted_labels,
    hinted_renames,
    open_questions,
)
from qb.kit.generating.renamed import as_hint, declared_renames
from qb.kit.generating.replay import replayed
from qb.kit.generating.step_records import step_note, step_records
from qb.kit.history.adding import add_migration
from qb.kit.history.history import History
from qb.kit.history.history_files import catalog_file
from qb.kit.history.losses import losses
from qb.kit.history.migration import Migration, Proof
from qb.kit.history.migration_names import HistoryLayout, IdPrefix, next_id
from qb.kit.history.reading import read_history
from qb.kit.ours.value import Ours, ours_of
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.fills import neutral_value
from qb.kit.planning.fingerprint import JOURNAL, fingerprint
from qb.kit.planning.migration_plan import MigrationPlan, PlanStep
from qb.kit.planning.plan import plan
from qb.kit.planning.sides import loss_name
from qb.kit.planning.written_plan import plan_sql
from qb.kit.proving.prove import ProvedPlan, prove
from qb.kit.shadow import canonical
from qb.model.filter import Filter
from qb.model.schema import Schema
from qb.model.target import NEWEST

_HEAD: Final = "-- The database as it is after the last migration, for who reads a review. Nobody runs this.\n\n"


class Generated(msgspec.Struct, frozen=True):
    """What was made, or would be."""

    id: str | None
    """None where nothing has changed."""
    up: str
    down: str
    files: tuple[str, ...]
    """What was written; nothing of a dry run."""
    loses: tuple[str, ...]
    down_loses: tuple[str, ...]
    rows: int
    """How many rows were the same afterwards, where it was proved."""
    unfilled: tuple[str, ...]
    """Tables that no row could be made for: of their rows nothing is proved."""


Generating: TypeAlias = Success[Generated] | Failure[DbError | KitError | DefinitionError, Generated]
"""What comes back: what was made, or why it was not."""


def generate(
    wanted: Schema,
    folder: Path | str,
    *,
    name: str | None = None,
    hints: Sequence[str] = (),
    allow: Sequence[str] = (),
    plain: bool = False,
    dry_run: bool = False,
    layout: HistoryLayout = "folder",
    prefix: IdPrefix = "timestamp",
    within: Filter = Filter(),
    journal: str = JOURNAL,
    major: int | None = None,
    shadow: str | None = None,
    cache: Path | str | None = None,
    now: datetime | None = None,
) -> Generating:
    """Write the migration that makes of the database at the head of a history what a schema says.

    The history is replayed on a shadow, and the schema made there, too: what differs is planned (see `plan`), proved
    with rows (see `prove`), and written with its down, so that nothing is written that does not do what it says. No
    database of yours is asked. `hints` say what is renamed, `rename:users.name=users.full_name`, and what rows get
    that are there, `fill:users.slug=lower(name)`; `allow` names what may be lost, `drop-column:quotes.total`. Nothing
    is written where nothing has changed.
    Errors: `AnswersNeeded`, `HintWithoutMatch`, `NotProved`, those of `canonical` and of reading a history.

    >>> import tempfile
    >>> from qb.kit.generating.generate import generate
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     first = generate(schema(User, Task), folder, name="init", prefix="index").unwrap()
    ...     again = generate(schema(User, Task), folder, prefix="index").unwrap()
    >>> first.id, [Path(each).name for each in first.files], again.id
    ('0001_init', ['up.sql', 'down.sql', 'migration.json', 'catalog.sql'], None)
    """
    read = read_history(folder, layout)
    if isinstance(read, Failure):
        return Failure(read.failure())
    history = read.unwrap()
    head = history.head()
    if isinstance(head, Failure):
        return Failure(head.failure())
    last = head.unwrap()
    target = major or NEWEST
    made = canonical(wanted, major=target, shadow=shadow, cache=cache)
    if isinstance(made, Failure):
        return Failure(made.failure())
    after, ours = made.unwrap(), ours_of(wanted, within=within)
    found = replayed(history, after, ours, major=target, shadow=shadow, cache=cache)
    if isinstance(found, Failure):
        return Failure(found.failure())
    before = found.unwrap()
    try:
        declared = {one: other for one, other in declared_renames(wanted, before).items() if other in after}
        renamed = {
            **{str(one): other.name for one, other in declared.items()},
            **hinted_renames(hints, before, after),
        }
        fills = hinted_fills(hints, before, after, renamed)
        labels = hinted_labels(hints, before, after)
        planned = plan(before, after, ours=ours, renamed=renamed, fills=fills, labels=labels, plain=plain)
    except (HintWithoutMatch, DefinitionError) as error:
        return Failure(error)
    if planned.empty:
        return Success(Generated(None, "", "", (), (), (), 0, ()))
    likely = diff(before, after, ours=ours, renamed=renamed).likely
    questions: tuple[Question, ...] = tuple(
        open_questions(likely, planned.loses, allow, _asked(planned, after), _instead(before, after))
    )
    if questions:
        return Failure(AnswersNeeded(questions))
    proof = prove(before, after, planned, ours=ours, renamed=renamed, shadow=shadow, cache=cache)
    if isinstance(proof, Failure):
        return Failure(proof.failure())
    seen = proof.unwrap()
    told = [each.removeprefix("rename:") for each in hints if each.startswith("rename:")]
    told += [as_hint(one, other) for one, other in declared.items()]
    migration = _migration(history, last, planned, seen, before, after, ours, journal, tuple(dict.fromkeys(told)))
    id = next_id(
        history.ids,
        name or migration_name(planned.up),
        layout=layout,
        prefix=prefix,
        now=now or datetime.now(UTC),
    )
    whole = msgspec.structs.replace(migration, id=id)
    files: tuple[str, ...] = ()
    if not dry_run:
        written = add_migration(folder, whole, layout)
        if isinstance(written, Failure):
            return Failure(written.failure())
        files = (*map(str, written.unwrap()), str(_show_head(Path(folder) / catalog_file(layout), after, ours)))
    return Success(
        Generated(id, whole.up, whole.down or "", files, planned.loses, _lost(planned.down), seen.rows, seen.empty)
    )


def _migration(
    history: History,
    last: Migration | None,
    planned: MigrationPlan,
    seen: ProvedPlan,
    before: Catalog,
    after: Catalog,
    ours: Ours,
    journal: str,
    renames: tuple[str, ...],
) -> Migration:
    up = plan_sql(planned.up, tuple(map(step_note, planned.up, seen.up)))
    down = plan_sql(planned.down, tuple(map(step_note, planned.down, seen.down)))
    named = tuple(dict.fromkeys((*planned.loses, *(each.name for each in losses(up)))))
    return Migration(
        id="",
        parents=() if last is None else (last.id,),
        up=up,
        down=down,
        before=fingerprint(before, ours, journal=journal),
        after=fingerprint(after, ours, journal=journal),
        between=seen.between,
        major=after.version // 10_000,
        up_steps=step_records(planned.up, seen.up, planned=True),
        down_steps=step_records(planned.down, seen.down, planned=True),
        renames=renames,
        proved=Proof(up=True, down=True, rows=seen.rows),
        allowed=named,
    )


def _instead(before: Catalog, after: Catalog) -> Mapping[str, Sequence[str]]:
    """What may take the place of labels that go: those that are new, or else any."""
    found: dict[str, Sequence[str]] = {}
    for each, fact in before.of(EnumFact).items():
        now = after.get(each)
        if isinstance(now, EnumFact):
            new = [label for label in now.labels if label not in fact.labels] or now.labels
            found |= {loss_name("drop-value", each, label): new for label in fact.labels if label not in now.labels}
    return found


def _asked(planned: MigrationPlan, after: Catalog) -> Mapping[str, str]:
    """The columns that want a value, and one of their types."""
    parts = CatalogParts(after)
    found: dict[str, str] = {}
    for each in planned.up:
        if each.asks and (fact := parts.column(each.identity.schema, each.identity.table, each.identity.name)):
            found[each.asks] = neutral_value(fact.type, parts) or f"NULL::{fact.type}"
    return found


def _lost(steps: Sequence[PlanStep]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for each in steps for name in each.loses))


def _show_head(path: Path, after: Catalog, ours: Ours) -> Path:
    """The head as SQL, in the order in which it could be run."""
    empty = after.where(lambda identity, fact: identity.kind == "database" or str(identity) == "schema public")
    text = _HEAD + "\n".join(f"{each.sql};\n" for each in plan(empty, after, ours=ours, plain=True).up)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.writing")
    aside.write_text(text, encoding="utf-8")
    return aside.replace(path)
