"""A process that makes plans, in which other hashes are made: `python -m tests.kit.planning.plan_elsewhere`."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

from qb.kit import Catalog
from qb.kit.planning.migration_plan import MigrationPlan
from qb.kit.planning.plan import plan

Elsewhere = Callable[[Catalog, Catalog, Mapping[str, Any]], MigrationPlan]


@contextmanager
def plans_elsewhere() -> Generator[Elsewhere]:
    """Makes plans in another process."""
    command = [sys.executable, "-m", "tests.kit.planning.plan_elsewhere"]
    environment = {"PYTHONHASHSEED": "12345", "PYTHONPATH": ":".join(sys.path)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        there, back = process.stdin, process.stdout
        assert there is not None
        assert back is not None

        def made(before: Catalog, after: Catalog, said: Mapping[str, Any]) -> MigrationPlan:
            pickle.dump((*map(_parts, (before, after)), dict(said)), there)
            there.flush()
            found: MigrationPlan = pickle.load(back)
            return found

        yield made
        there.close()


def _parts(catalog: Catalog) -> tuple[Any, ...]:
    return dict(catalog), dict(catalog.depends), catalog.version


def main() -> None:
    while True:
        try:
            before, after, said = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        pickle.dump(plan(Catalog(*before), Catalog(*after), **said), sys.stdout.buffer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
