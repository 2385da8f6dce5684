"""The suites there are."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from benchmarks.data.rows import Sizes
from benchmarks.suites import bulk, compile, concurrency, memory, operations, relations, rows
from benchmarks.suites.case import Case


class Suite(StrEnum):
    OPERATIONS = "operations"
    ROWS = "rows"
    BULK = "bulk"
    COMPILE = "compile"
    RELATIONS = "relations"
    CONCURRENCY = "concurrency"
    MEMORY = "memory"


CASES: Mapping[Suite, Callable[[Sizes], Sequence[Case]]] = {
    Suite.OPERATIONS: operations.cases,
    Suite.ROWS: rows.cases,
    Suite.BULK: bulk.cases,
    Suite.COMPILE: compile.cases,
    Suite.RELATIONS: relations.cases,
    Suite.CONCURRENCY: concurrency.cases,
    Suite.MEMORY: memory.cases,
}
