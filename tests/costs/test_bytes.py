"""How many bytes travel for a piece of work, there and back: as many as before, or the golden file says otherwise."""

import os
from pathlib import Path

import pytest

from qb import Database, connect
from tests.costs import work
from tests.run.gate import gate

GOLDEN = Path(__file__).parents[1] / "golden" / "bytes.txt"


def counted(url: str) -> dict[str, tuple[int, int]]:
    """The bytes of every piece, on a link of its own that has prepared what it needs."""
    found: dict[str, tuple[int, int]] = {}
    for name, run in (work.READS | work.WRITES).items():
        with gate(url) as (through, between), connect(through, max_size=1) as db:
            counts: list[tuple[int, int]] = []
            for _ in range(3):
                before = between.sent, between.heard
                run(db)
                counts.append((between.sent - before[0], between.heard - before[1]))
                work.undo(db)
            assert counts[1] == counts[2], name
            found[name] = counts[2]
    return found


@pytest.mark.slow
def test_no_more_travels_than_before(filled: Database, qb_url: str) -> None:
    found = "".join(f"{name:32}{there:>12,}{back:>12,}\n" for name, (there, back) in counted(qb_url).items())
    if os.environ.get("QB_REFRESH"):
        GOLDEN.write_text(found, encoding="utf-8", newline="\n")
    assert GOLDEN.read_text(encoding="utf-8") == found, "run `make golden`, and read the difference"
