"""Aggregates with all that they may have are pulled, and created again the same."""

from __future__ import annotations

from pathlib import Path

from qb import Tx
from qb.kit import introspect
from tests.kit.everything import make
from tests.kit.planning.changes import CHANGES
from tests.kit.pull.again import pulled_again, unlike


def test_aggregates_with_all_they_may_have(qb_tx: Tx, tmp_path: Path) -> None:
    with qb_tx.transaction(rollback=True) as tx:
        make(tx, CHANGES["aggregates with all they may have"].after)
        before = introspect(tx).unwrap()
    found, after = pulled_again(qb_tx, before, tmp_path)
    assert [each for each in found.unsaid if not each.carried] == []
    assert unlike(before, after) == ()
