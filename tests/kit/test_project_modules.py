"""Which modules a project has brought, and that they are read anew."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from qb.kit.project_modules import ProjectModules, importable, named_folders


def test_what_a_project_has_brought_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (tmp_path / "brought" / "below").mkdir(parents=True)
    (tmp_path / "brought" / "below" / "one.py").write_text("import colorsys\nimport qb.kit.difference\nX = 1\n")
    modules = ProjectModules()
    with importable(tmp_path):
        one = importlib.import_module("brought.below.one")
        assert modules.folders() == {tmp_path / "brought", tmp_path / "brought" / "below"}
        (tmp_path / "brought" / "below" / "one.py").write_text("X = 2\n")
        assert importlib.import_module("brought.below.one") is one
        kept = {name: sys.modules[name] for name in ("colorsys", "qb.kit.difference")}
        modules.forget()
        assert not [name for name in sys.modules if name.startswith("brought")]
        assert {name: sys.modules[name] for name in kept} == kept
        assert importlib.import_module("brought.below.one").X == 2
        modules.forget()


def test_the_folders_that_names_lead_to(tmp_path: Path) -> None:
    for each in ("shop/parts", "src/shop"):
        (tmp_path / each).mkdir(parents=True)
    found = set(named_folders(["shop.parts.tables:shop", "other"], tmp_path))
    assert found == {tmp_path, tmp_path / "src", *(tmp_path / each for each in ("shop", "shop/parts", "src/shop"))}
