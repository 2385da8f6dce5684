"""The campaign, and whether its ledger would notice."""

from pathlib import Path

import pytest

from tests.faults.campaign import run
from tests.faults.ledger import OTHER, Ledger, Said


def test_the_ledger_notices() -> None:
    ledger = Ledger()
    done, failed, unknown = (ledger.number() for _ in range(3))
    ledger.note(done, Said.DONE)
    ledger.note(failed, Said.FAILED)
    right = [(done, done), (done + OTHER, done)]
    half = (unknown, unknown)
    assert ledger.audit(right) == []
    assert ledger.audit([*right, half, (unknown + OTHER, unknown)]) == []
    assert ledger.audit([]) == ["1 was acknowledged, and is lost"]
    assert ledger.audit([*right, half]) == ["half of 3 is there: [3]"]
    assert ledger.audit([*right, right[0]]) == ["the row (1, 1) is there 2 times"]
    assert ledger.audit([*right, (failed, failed), (failed + OTHER, failed)]) == ["2 failed, and is there"]
    assert ledger.audit([*right, (9, 9), (9 + OTHER, 9)]) == ["nobody wrote 9"]
    ledger.answered(1, [1, 2])
    assert ledger.audit(right) == ["asked for 1 and got 2"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_minute_of_faults(server_folder: Path) -> None:
    report = run(60, 1, server_folder)
    assert report.wrong == []
    assert report.counts["done"] > 100
    assert report.counts["interrupted"] > 10
