"""What both checkers say of packages, at their strictest."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TOOLS = Path(sys.executable).parent


def assert_pass(folder: Path, packages: Sequence[str]) -> None:
    """Packages in a folder pass both."""
    strict = ["--strict", "--config-file=", "--cache-dir", str(folder / ".mypy")]
    mypy = [sys.executable, "-m", "mypy", *strict, *packages]
    said = subprocess.run(mypy, cwd=folder, capture_output=True, text=True, check=False, env={"MYPYPATH": str(ROOT)})
    assert said.stdout.startswith("Success"), said.stdout + said.stderr
    settings = {"typeCheckingMode": "strict", "pythonVersion": "3.11", "extraPaths": [str(ROOT)]}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    pyright = [str(TOOLS / "pyright"), "--pythonpath", sys.executable, "-p", str(folder)]
    said = subprocess.run(pyright, cwd=folder, capture_output=True, text=True, check=False)
    assert said.stdout.startswith("0 errors"), said.stdout + said.stderr
