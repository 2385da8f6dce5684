"""`python -m tests.faults --seconds 60 --seed 1`: faults by the thousand, and a ledger that is audited at the end."""

import argparse
import sys
import tempfile
import warnings
from pathlib import Path

from tests.faults.campaign import run


def main() -> int:
    """Run it, print what happened, and say by the exit code whether all was right."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    sys.unraisablehook = lambda _: None  # an interrupt within a finaliser
    with tempfile.TemporaryDirectory(prefix="qb-faults-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        report = run(asked.seconds, asked.seed, Path(folder))
    for name, count in sorted(report.counts.items()):
        print(f"{name:24} {count:8}")
    for each in report.wrong[:20]:
        print("WRONG:", each)
    print("all right" if not report.wrong else f"{len(report.wrong)} things are wrong")
    return bool(report.wrong)


if __name__ == "__main__":
    sys.exit(main())
