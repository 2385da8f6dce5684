"""The notebooks run from top to bottom on a real server, and give the outputs that are committed with them."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from nbclient import NotebookClient

from tests import notebooks

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def shown(notebook: Any) -> list[list[str]]:
    """What each cell shows, as text."""
    return [[_text(output) for output in notebooks.joined(cell.get("outputs", []))] for cell in notebook.cells]


def _text(output: Any) -> str:
    return str(output.get("text") or output.get("data", {}).get("text/plain") or output.get("ename"))


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # what the kernel's own machinery warns of is not ours
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
def test_a_notebook_gives_what_is_committed(notebook: Path, qb_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", qb_url)
    committed = notebooks.read(notebook)
    again = notebooks.read(notebook)
    NotebookClient(again, timeout=60).execute()
    if os.environ.get("QB_REFRESH"):
        notebooks.write(again, notebook)
        return
    assert shown(again) == shown(committed)
    assert not re.search(r"/(home|Users|root|tmp|work)/", notebook.read_text(encoding="utf-8"))
