"""Run in a process of its own: migrations into a folder, and the checksums of many plans."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

from qb import connect, schema
from qb.kit.generating.generate import generate
from qb.kit.history.checksum import checksum
from qb.kit.planning.plan import plan
from qb.kit.planning.written_plan import plan_sql
from tests.kit.generating.test_expand import ALLOW, HINTS, Person, PersonOfToday
from tests.kit.planning.changes import CHANGES
from tests.kit.planning.test_plan import read


def migrations(folder: str, cache: str, day: str) -> None:
    """A history in several migrations, made on some day."""
    now = dt.datetime.fromisoformat(day)
    generate(schema(Person), Path(folder), cache=cache, now=now).unwrap()
    changed = schema(PersonOfToday)
    generate(changed, Path(folder), cache=cache, now=now, expand=True, hints=HINTS, allow=ALLOW).unwrap()


def plans(url: str) -> None:
    """What all changes of the tests come to, one checksum a line."""
    with connect(url) as db:
        for name in sorted(CHANGES):
            change = CHANGES[name]
            made = plan(read(db, change.before), read(db, change.after), renamed=change.renamed)
            print(name, checksum(plan_sql(made.up)), checksum(plan_sql(made.down)))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["migrations", folder, cache, day]:
            migrations(folder, cache, day)
        case ["plans", url]:
            plans(url)
        case other:
            raise SystemExit(f"not understood: {other}")
