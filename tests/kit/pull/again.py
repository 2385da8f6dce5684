"""A database that is pulled, imported and created again."""

from __future__ import annotations

import importlib
import itertools
import sys
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qb import Tx, create_all
from qb.kit import Catalog, introspect
from qb.kit.difference import Difference
from qb.kit.diffs.spelling import same_but_for_casts
from qb.kit.pull import Pulled, pull
from qb.typing import Schema
from tests.kit.alone import differences

WHOLES = ("foreign table", "view", "materialized view")
"""What has parts of its own, which go with it."""
_NUMBERS = itertools.count()


@contextmanager
def imported(files: dict[str, str], folder: Path, package: str) -> Generator[Schema]:
    """The schema of a package that was written; its modules are forgotten afterwards."""
    where = folder / package
    where.mkdir(parents=True)
    for name, text in files.items():
        (where / name).write_text(text, encoding="utf-8")
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        made: Any = importlib.import_module(package)
        yield made.schema
    finally:
        sys.path.remove(str(folder))
        for name in [each for each in sys.modules if each.partition(".")[0] == package]:
            del sys.modules[name]


def pulled_again(tx: Tx, before: Catalog, folder: Path) -> tuple[Pulled, Catalog]:
    """What is pulled of a catalog, and the catalog with what it creates: in a database that has nothing of it."""
    package = f"pulled_{next(_NUMBERS)}"
    found = pull(before, package)
    with imported(dict(found.files), folder, package) as schema:
        tx.run(create_all(schema, stand_ins=True)).unwrap()
    return found, introspect(tx).unwrap()


def untold(found: Pulled, differences: Iterable[Difference]) -> list[Difference]:
    """Differences of what nothing was said of, neither of itself nor of what it is a part of."""
    told = {each.identity for each in found.unsaid if not each.carried}
    wholes = {(each.schema, each.name) for each in told if each.kind in WHOLES}
    said = (each for each in differences if each.identity not in told)
    return [each for each in said if (each.identity.schema, each.identity.table) not in wholes]


def unlike(before: Catalog, after: Catalog) -> tuple[Difference, ...]:
    """What differs, but for what a server writes in two ways that are one."""
    return tuple(each for each in differences(before, after) if not _one(each.before, each.after))


def _one(before: object, after: object) -> bool:
    return isinstance(before, str) and isinstance(after, str) and same_but_for_casts(before, after)
