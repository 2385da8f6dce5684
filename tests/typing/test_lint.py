"""What a linter sees of SQL text that is put together, where mypy sees nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def test_what_ruff_reports_is_marked() -> None:
    path = HERE / "refused_text.py"
    ruff = Path(sys.executable).parent / "ruff"
    done = subprocess.run(
        [str(ruff), "check", "--isolated", "--select", "S608", "--output-format", "json", str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    reported = {entry["location"]["row"] for entry in json.loads(done.stdout)}
    lines = path.read_text().splitlines()
    start = lines.index("from __future__ import annotations")
    assert reported == {number for number, line in enumerate(lines, 1) if number > start and "S608" in line}
    mistakes = {number for number, line in enumerate(lines, 1) if number > start and "# error (pyright)" in line}
    assert 10 < len(mistakes & reported) < len(mistakes)  # some of them, by no means all
