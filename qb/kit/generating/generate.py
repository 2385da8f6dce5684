"""`generate`: a migration from the head of the history to what the schema says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from qb.errors import DbError, DefinitionError
from qb.errors.outcome import Failure, Success
from qb.kit.catalog import Catalog
from qb.kit.diffs.compare import diff
from qb.kit.errors import KitError
from qb.kit.generating.drafting import Draft
from qb.kit.generating.expand import WantedChange, Workshop, expansion
from qb.kit.generating.naming import migration_name
from qb.kit.generating.open_answers import labels_instead, values_asked
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
from qb.kit.generating.replay import keep_head, replayed
from qb.kit.history.adding import add_migration
from qb.kit.history.history_files import catalog_file
from qb.kit.history.migration import Migration, StepRecord
from qb.kit.history.migration_names import HistoryLayout, IdPrefix, next_id
from qb.kit.history.reading import read_history
from qb.kit.ours.value import Ours, ours_of
from qb.kit.planning.fingerprint import JOURNAL
from qb.kit.planning.migration_plan import PlanStep
from qb.kit.planning.plan import plan
from qb.kit.proving.prove import prove
from qb.kit.running.forecasting import Forecast
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
    more: tuple[Generated, ...] = ()
    """The migrations that follow it, of a change that is made in several."""
    steps: tuple[StepRecord, ...] = ()
    """What was seen of each statement of the up."""
    forecast: Forecast | None = None
    """What it meets in a database that somebody has named; never in the files."""
    contract: bool = False
    """Whether it takes away what old code uses, and is to be run when none runs any more."""

    @property
    def migration(self) -> Migration:
        """What `forecast` takes."""
        return Migration(id=self.id or "", up=self.up, down=self.down, up_steps=self.steps)


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
    expand: bool = False,
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
    is written where nothing has changed. With `expand` a change of what old code reads is several migrations, between
    which old code and new code both run: the first one comes back, with the others as its `more`.
    Errors: `AnswersNeeded`, `HintWithoutMatch`, `NotProved`, DefinitionError for what cannot be expanded, those of
    `canonical` and of reading a history.

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
        open_questions(likely, planned.loses, allow, values_asked(planned, after), labels_instead(before, after))
    )
    if questions:
        return Failure(AnswersNeeded(questions))
    proof = prove(before, after, planned, ours=ours, renamed=renamed, shadow=shadow, cache=cache)
    if isinstance(proof, Failure):
        return Failure(proof.failure())
    seen = proof.unwrap()
    told = [each.removeprefix("rename:") for each in hints if each.startswith("rename:")]
    told += [as_hint(one, other) for one, other in declared.items()]
    said = tuple(dict.fromkeys(told))
    title = name or migration_name(planned.up)
    drafts: tuple[Draft, ...] = ()
    if expand:
        change = WantedChange(before, after, ours, renamed, fills, labels, plain)
        workshop = Workshop(history, ours, after, shadow, cache)
        try:
            drafts = expansion(change, planned, seen, title, said, workshop)
        except (DbError, KitError, DefinitionError) as error:
            return Failure(error)
    drafts = drafts or (Draft(title, planned, seen, before, after, said),)
    when = now or datetime.now(UTC)
    all_made: list[Generated] = []
    for draft in drafts:
        parents = (all_made[-1].id or "",) if all_made else () if last is None else (last.id,)
        known = (*history.ids, *(each.id or "" for each in all_made))
        id = next_id(known, draft.name, layout=layout, prefix=prefix, now=when)
        migration = draft.migration(id, parents, ours, journal)
        files: tuple[str, ...] = ()
        if not dry_run:
            written = add_migration(folder, migration, layout)
            if isinstance(written, Failure):
                return Failure(written.failure())
            files = tuple(map(str, written.unwrap()))
            if shadow is None and len(drafts) == 1:
                keep_head(history, migration, planned.up, before, after, ours, major=target, cache=cache)
        all_made.append(_generated(migration, draft, files))
    if not dry_run:
        shown = str(_show_head(Path(folder) / catalog_file(layout), after, ours))
        all_made[-1] = msgspec.structs.replace(all_made[-1], files=(*all_made[-1].files, shown))
    return Success(msgspec.structs.replace(all_made[0], more=tuple(all_made[1:])))


def _generated(whole: Migration, draft: Draft, files: tuple[str, ...]) -> Generated:
    seen, planned = draft.seen, draft.planned
    lost = _lost(planned.down)
    return Generated(
        whole.id,
        whole.up,
        whole.down or "",
        files,
        planned.loses,
        lost,
        seen.rows,
        seen.empty,
        steps=whole.up_steps,
        contract=whole.contract,
    )


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
