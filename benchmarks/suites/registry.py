"""The suites there are."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from benchmarks.data.rows import Sizes
from benchmarks.suites import operations
from benchmarks.suites.case import Case


class Suite(StrEnum):
    OPERATIONS = "operations"


CASES: Mapping[Suite, Callable[[Sizes], Sequence[Case]]] = {
    Suite.OPERATIONS: operations.cases,
}
