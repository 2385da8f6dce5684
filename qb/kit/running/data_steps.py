"""Data steps: typed Python functions of a migration that change rows in batches, each committed with where it stopped.

A folder of a migration may have `steps.py` beside its `up.sql`. What it declares runs after the SQL, in its order.
"""

from __future__ import annotations

import sys
import traceback
import types
from collections.abc import Callable, Mapping
from importlib.abc import InspectLoader
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from typing import Any, Final, Generic, TypeAlias, TypeVar, get_type_hints

import msgspec

from qb.errors import DefinitionError
from qb.errors.outcome import Outcome, Success
from qb.kit.running.data_errors import UnreadableSteps
from qb.query.statement import Rows
from qb.run.database.db import Tx
from qb.types.annotation import split_optional

K = TypeVar("K")


class StepBatch(msgspec.Struct, Generic[K], frozen=True):
    """What one batch has done."""

    last: K
    """The key of its last row: where the next one begins."""
    count: int
    """How many rows it has changed."""


Batched: TypeAlias = Outcome[StepBatch[K] | None]
"""What a batch gives: None where there was nothing left to do."""


class DataStep(Generic[K]):
    """A data step, as `data_step` declares it."""

    __slots__ = ("after", "again", "ahead", "before", "function", "key", "line", "max_lag", "name", "pause", "total")

    def __init__(
        self,
        function: Callable[[Tx, K | None], Batched[K]],
        *,
        before: Rows[bool] | None,
        after: Rows[bool] | None,
        total: Rows[int] | None,
        pause: float,
        max_lag: float | None,
        ahead: Rows[bool] | None = None,
        again: bool = False,
    ) -> None:
        self.function: Final = function
        self.name: Final[str] = getattr(function, "__name__", "step")
        self.line: Final[int] = getattr(getattr(function, "__code__", None), "co_firstlineno", 1)
        self.key: Final[Any] = _key_of(function)
        self.ahead: Final = ahead
        self.before: Final = before
        self.after: Final = after
        self.total: Final = total
        self.pause: Final = pause
        self.max_lag: Final = max_lag
        self.again: Final = again

    def __repr__(self) -> str:
        return f"<data step {self.name}>"

    def __call__(self, tx: Tx, after: K | None) -> Batched[K]:
        """One batch."""
        return self.function(tx, after)


def data_step(
    *,
    before: Rows[bool] | None = None,
    after: Rows[bool] | None = None,
    total: Rows[int] | None = None,
    pause: float = 0.0,
    max_lag: float | None = None,
    again: bool = False,
) -> Callable[[Callable[[Tx, K | None], Batched[K]]], DataStep[K]]:
    """Declare a data step: a function that changes the next rows behind a key, and gives the key of the last of them.

    It is called until it gives None. Each batch is a transaction of its own, in which the journal notes the key and the
    count, so a runner that is stopped goes on there. `before` and `after` are queries that have to be true where it
    begins and where it ends, `total` says how many rows there are, for who waits. `pause` is in seconds, between two
    batches; where replicas are further behind than `max_lag` seconds they are waited for. With `again` it begins
    anew at its end, where it has changed rows since it began, until `after` is true or it finds none: for batches that
    take only rows which are not done, as some may have come in behind the key. What it changes is meant:
    nothing has to be allowed. Errors: DefinitionError where the key's annotation is missing.

    >>> from qb.kit import StepBatch, data_step
    >>> @data_step()
    ... def shout(tx: Tx, after: int | None) -> Outcome[StepBatch[int] | None]:
    ...     rows = select(User.id).where(User.id > (after or 0)).order_by(User.id).limit(100)
    ...     ids = tx.all(rows).unwrap()
    ...     if not ids:
    ...         return Success(None)
    ...     changed = update(User).set(User.name.to(fn.upper(User.name))).where(User.id.in_(ids))
    ...     return tx.execute(changed).map(lambda count: StepBatch(ids[-1], count))
    >>> shout
    <data step shout>
    """

    def declared(function: Callable[[Tx, K | None], Batched[K]]) -> DataStep[K]:
        return DataStep(function, before=before, after=after, total=total, pause=pause, max_lag=max_lag, again=again)

    return declared


class MigrationConditions:
    """What has to be true around a migration, as `migration_conditions` declares it."""

    __slots__ = ("after", "before")

    def __init__(self, before: Rows[bool] | None, after: Rows[bool] | None) -> None:
        self.before: Final = before
        self.after: Final = after

    def __repr__(self) -> str:
        return "<conditions of a migration>"


def migration_conditions(*, before: Rows[bool] | None = None, after: Rows[bool] | None = None) -> MigrationConditions:
    """Declare in `steps.py` what has to be true before anything of its migration is run, and behind all of it.

    Both are queries of one boolean. Where `before` is not true nothing of the migration is run; where `after` is not
    its SQL is committed, but it is not applied, and each run says so until it is. Errors: DefinitionError where neither
    is said.

    >>> from qb.kit import migration_conditions
    >>> nobody_twice = sql("SELECT count(*) = count(DISTINCT lower(name)) FROM users").rows(bool)
    >>> names = migration_conditions(before=nobody_twice)
    """
    if before is None and after is None:
        raise DefinitionError("migration_conditions has no condition: give before= or after=, a query of one boolean")
    return MigrationConditions(before, after)


def load_steps(text: str, file: str, migration: str) -> tuple[DataStep[Any], ...]:
    """The data steps that a `steps.py` declares, in its order. Raises `UnreadableSteps`."""
    loader = _Loader(text, file)
    module = module_from_spec(ModuleSpec(f"qb_steps_{migration}", loader, origin=file))
    sys.modules[module.__name__] = module  # where dataclasses and annotations look for what they name
    try:
        loader.exec_module(module)
    except Exception as error:
        lines = [each.lineno for each in traceback.extract_tb(error.__traceback__) if each.filename == file]
        line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
        bare = isinstance(error, TypeError) and "data_step() takes 0 positional" in str(error)
        hint = ": write @data_step(), with parentheses" if bare else ""
        raise UnreadableSteps(file, line, f"{type(error).__name__}: {error}{hint}") from None
    finally:
        del sys.modules[module.__name__]
    values: Mapping[str, object] = vars(module)
    steps: list[DataStep[Any]] = [each for each in values.values() if isinstance(each, DataStep)]
    steps += [_checked(name, each) for name, each in values.items() if isinstance(each, MigrationConditions)]
    if not steps:
        ways = "write a function below @data_step(), or migration_conditions(...)"
        raise UnreadableSteps(file, None, f"it declares no step: {ways}")
    return tuple(steps)


def _checked(name: str, conditions: MigrationConditions) -> DataStep[int]:
    """Conditions as a step that changes nothing."""

    def nothing(tx: Tx, after: int | None) -> Batched[int]:
        return Success(None)

    nothing.__name__ = name
    after, ahead = conditions.after, conditions.before
    return DataStep(nothing, before=None, after=after, total=None, pause=0.0, max_lag=None, ahead=ahead)


class _Loader(InspectLoader):
    """Imports the text whose checksum the journal has, and not what has come into its file since."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file

    def get_source(self, fullname: str) -> str:
        return self._text

    def get_code(self, fullname: str) -> types.CodeType:
        return self.source_to_code(self._text, self._file)


def _key_of(function: Callable[..., object]) -> Any:
    """The type of the keys that a step is given, which are kept as JSON."""
    hints = get_type_hints(function)
    names = [name for name in hints if name != "return"]
    if len(names) != 2:
        name = getattr(function, "__name__", "step")
        raise DefinitionError(
            f"the data step {name} is called with a transaction and a key: write def {name}(tx: Tx, after: int | None)"
        )
    return split_optional(hints[names[1]])[0]
