"""`dev`: a database of one's own is what the schema says, and so are the files that others read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

import msgspec

from qb.errors import DbError, DefinitionError
from qb.errors.outcome import Failure, Success
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode
from qb.kit.outputs.output_files import OutputFile, OutputKind, write_outputs
from qb.kit.planning.fingerprint import JOURNAL
from qb.kit.pushing.push import OnPlan, Pushed, push
from qb.kit.running.lock_patience import Patience
from qb.kit.running.rules import MigrationRules
from qb.kit.running.run_progress import OnProgress, silent
from qb.kit.shadow import canonical
from qb.model.filter import Filter
from qb.model.schema import Schema
from qb.run.database.database import Database

_NONE: Final[Mapping[OutputKind, Path]] = MappingProxyType({})


class Developed(msgspec.Struct, frozen=True):
    """What `dev` has done."""

    pushed: Pushed
    outputs: tuple[OutputFile, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """That of `push`."""
        return self.pushed.exit_code


Developing: TypeAlias = Success[Developed] | Failure[DbError | KitError | DefinitionError, Developed]
"""What comes back: what was done, or why it was not."""


def dev(
    db: Database,
    wanted: Schema,
    outputs: Mapping[OutputKind, Path] = _NONE,
    *,
    hints: Sequence[str] = (),
    allow: Sequence[str] = (),
    rules: MigrationRules = MigrationRules(),
    within: Filter = Filter(),
    journal: str = JOURNAL,
    patience: Patience = Patience(),
    major: int | None = None,
    shadow: str | None = None,
    cache: Path | str | None = None,
    on_plan: OnPlan = lambda _: None,
    on_progress: OnProgress = silent,
) -> Developing:
    """Push a schema to a database of one's own, then write the files that others read of it.

    It is `push` and `write_outputs`, with their options and their errors; where nothing is pushed no file is written.

    >>> from qb.kit import dev
    >>> dev(db, schema(User, Task)).map(lambda done: done.pushed.applied)
    <Success: False>
    """
    pushed = push(
        db,
        wanted,
        hints=hints,
        allow=allow,
        rules=rules,
        within=within,
        journal=journal,
        patience=patience,
        major=major,
        shadow=shadow,
        cache=cache,
        on_plan=on_plan,
        on_progress=on_progress,
    )
    if isinstance(pushed, Failure):
        return Failure(pushed.failure())
    done = pushed.unwrap()
    if not outputs:
        return Success(Developed(done))
    made = canonical(wanted, major=done.major, shadow=shadow, cache=cache)  # which is kept by now
    if isinstance(made, Failure):
        return Failure(made.failure())
    written = write_outputs(wanted, made.unwrap(), outputs)
    if isinstance(written, Failure):
        return Failure(written.failure())
    return Success(Developed(done, written.unwrap()))
