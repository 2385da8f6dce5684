"""What the tools make is what stands in the repository."""

from pathlib import Path

import pytest

from tools import generate, sync
from tools.tidy import ROOT


def test_generated_modules_are_as_they_would_be_made() -> None:
    found = [str(path.relative_to(ROOT)) for path in generate.differing()]
    assert found == [], "run `make generate`, and read the diff"


def test_a_generated_module_says_so_in_its_first_line() -> None:
    for source in sync.SOURCES:
        path = sync.target(ROOT / source)
        assert path.read_text(encoding="utf-8").startswith("# Made by tools/"), path


def test_check_names_what_differs_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = ROOT / "qb" / "never_written.py"
    monkeypatch.setattr(generate, "generated", lambda: {path: "", Path(__file__): Path(__file__).read_text("utf-8")})
    assert generate.main(["--check"]) == 1
    assert capsys.readouterr().out == "qb/never_written.py\n"
    assert not path.exists()
