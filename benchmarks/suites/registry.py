"""The suites there are."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from benchmarks.data.rows import Sizes
from benchmarks.suites import bulk, compile, concurrency, imports, memory, operations, relations, rows, turns
from benchmarks.suites.case import Case


class Suite(StrEnum):
    OPERATIONS = "operations"
    ROWS = "rows"
    BULK = "bulk"
    COMPILE = "compile"
    RELATIONS = "relations"
    CONCURRENCY = "concurrency"
    TURNS = "turns"
    MEMORY = "memory"
    IMPORTS = "imports"


CASES: Mapping[Suite, Callable[[Sizes], Sequence[Case]]] = {
    Suite.OPERATIONS: operations.cases,
    Suite.ROWS: rows.cases,
    Suite.BULK: bulk.cases,
    Suite.COMPILE: compile.cases,
    Suite.RELATIONS: relations.cases,
    Suite.CONCURRENCY: concurrency.cases,
    Suite.TURNS: turns.cases,
    Suite.MEMORY: memory.cases,
    Suite.IMPORTS: imports.cases,
}
