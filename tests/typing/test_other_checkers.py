"""What ty and pyrefly know of qb, which its types were not written for: a table in `docs/types-and-checkers.md`.

`QB_REFRESH=1`, as in `make golden`, writes it anew. They change by the week, so `pyproject.toml` names one version of each.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.typing.checkers import marked

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BIN = Path(sys.executable).parent
PAGE = ROOT / "docs" / "types-and-checkers.md"
START, END = "<!-- others: written by tests/typing/test_other_checkers.py -->\n", "<!-- end of others -->\n"
CHECKERS = {
    "ty": ("ty", "check", "--output-format", "concise", "--python", sys.executable),
    "pyrefly": ("pyrefly", "check", "--output-format", "min-text", "--python-interpreter-path", sys.executable),
}


def refused(checker: str) -> dict[str, set[int]]:
    """The lines that a checker has an error for, by file."""
    program, *arguments = CHECKERS[checker]
    files = [f"tests/typing/{name}.py" for name in ("refused", "accepted", "inferred")]
    done = subprocess.run([BIN / program, *arguments, *files], cwd=ROOT, capture_output=True, text=True, check=False)
    found: dict[str, set[int]] = {}
    for line in done.stdout.splitlines():
        told = re.match(r"(?:ERROR )?(?:.*/)?(\w+)\.py:(\d+):[\d-]+: ", line)
        if told is not None and not re.search(r"warning\[|^ *(?:WARN|INFO)", line):
            found.setdefault(told[1], set()).add(int(told[2]))
    assert found, done.stderr
    return found


@pytest.mark.slow
def test_the_page_says_what_the_others_catch() -> None:
    claims = marked("refused.py", mypy=False)
    rows = ["| checker | of the mistakes it refuses | lines of right code that it refuses |", "|---|---|---|"]
    for checker in CHECKERS:
        found = refused(checker)
        wrong = len(found.get("accepted", ())) + len(found.get("inferred", ()))
        rows.append(f"| {checker} | {len(claims & found['refused'])} of {len(claims)} | {wrong} |")
    made = "\n" + "\n".join(rows) + "\n\n"
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(START)
    shown, _, after = rest.partition(END)
    if os.environ.get("QB_REFRESH"):
        PAGE.write_text(before + START + made + END + after, "utf-8")
    else:
        assert shown == made
