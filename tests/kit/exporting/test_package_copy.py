"""`export_package`: modules with all of the project that they import, as a package by itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from qb.kit import export_package
from qb.kit.exporting.errors import NotExported

ROOT = Path(__file__).resolve().parents[3]
FILES = {
    "shop/__init__.py": "from shop.tables import Note\n",
    "shop/tables.py": (
        '"""Tables."""\n\nfrom __future__ import annotations\n\nimport json\nimport shop.ids as numbers\n'
        "import shop.ids\n"
        "from qb import Col, Table, column\nfrom shop import ids as again\nfrom shop.ids import (\n    NoteId,  # é\n"
        "    OTHER as more,\n)\nfrom .deep.more import NAME\nfrom labels import *\n\n\n"
        "class Note(Table, name=NAME):\n    id: Col[NoteId] = column(primary_key=True)\n\n\n"
        "assert numbers is again is shop.ids and json and more == 1 and LABEL == 2\n"
    ),
    "shop/ids.py": "from typing import NewType\n\nNoteId = NewType('NoteId', int)\nOTHER = 1\n",
    "shop/deep/more.py": (
        "from ..ids import OTHER\n\nNAME = f'notes {OTHER}'\n\n\n"
        "def later():\n    import shop.late\n\n    return shop\n"
    ),
    "shop/late.py": "WORD = 'late'\n",
    "shop/unused.py": "raise AssertionError('nobody imports it')\n",
    "src/labels.py": "LABEL = 2\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / "project" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "project" / name).write_text(text, encoding="utf-8")
    return tmp_path / "project"


def states(project: Path, to: Path, *, check: bool = False) -> dict[str, str]:
    copied = export_package(["shop.tables:shop"], to, folder=project, check=check).unwrap()
    return {str(Path(each.file).relative_to(to)): each.state for each in copied}


def test_a_copy_stands_by_itself(project: Path, tmp_path: Path) -> None:
    to = tmp_path / "elsewhere" / "given"
    made = states(project, to)
    assert set(made.values()) == {"written"}
    assert sorted(made) == sorted(
        [
            *("__init__.py", "labels.py", "shop/__init__.py", "shop/deep/__init__.py", "shop/deep/more.py"),
            *("shop/ids.py", "shop/late.py", "shop/tables.py"),
        ]
    )
    code = (
        "import sys; from given.shop.tables import Note; from given.shop.deep.more import later\n"
        "assert later().late.WORD == 'late' and 'shop' not in sys.modules and 'labels' not in sys.modules\n"
        "print(Note)"
    )
    command = [sys.executable, "-c", code]
    environ = {"PYTHONPATH": f"{ROOT}:{to.parent}", "PATH": ""}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=environ)
    assert (done.returncode, done.stderr) == (0, "")
    head = (to / "shop/ids.py").read_text().splitlines()[0]
    assert head.startswith("# Copied by `qb export package` from shop/ids.py, sha256 ")


def test_what_is_stale_is_told_and_mended(project: Path, tmp_path: Path) -> None:
    to = tmp_path / "given"
    assert set(states(project, to, check=True).values()) == {"missing"}
    assert not to.exists()
    states(project, to)
    assert set(states(project, to).values()) == {"same"}
    (project / "shop/late.py").write_text("WORD = 'later'\n")
    (to / "shop/ids.py").write_text((to / "shop/ids.py").read_text() + "# changed by hand\n")
    assert {name for name, state in states(project, to, check=True).items() if state == "stale"} == {
        "shop/ids.py",
        "shop/late.py",
    }
    (project / "shop/deep/more.py").write_text("NAME = 'notes 1'\n")
    assert states(project, to, check=True)["shop/late.py"] == "left over"
    assert states(project, to)["shop/late.py"] == "removed"
    assert set(states(project, to, check=True).values()) == {"same"}


def test_what_somebody_has_written_is_not_written_over(project: Path, tmp_path: Path) -> None:
    to = tmp_path / "given"
    (to / "shop").mkdir(parents=True)
    (to / "shop/ids.py").write_text("mine = 1\n")
    error = export_package(["shop.tables"], to, folder=project).failure()
    assert isinstance(error, NotExported)
    assert (
        str(error) == f"{to}/shop/ids.py: it is no copy, and would be written over: name another folder, or remove it"
    )
    assert [path.name for path in to.rglob("*.py")] == ["ids.py"]


def test_what_cannot_be_copied_is_told(project: Path, tmp_path: Path) -> None:
    error = export_package(["shop.nowhere"], tmp_path / "to", folder=project).failure()
    assert str(error) == f"shop.nowhere: there is no such module in {project}"
    (project / "shop/ids.py").write_text("x = 1\nif:\n")
    error = export_package(["shop.tables"], tmp_path / "to", folder=project).failure()
    assert str(error).startswith(f"{project}/shop/ids.py:2: it is no Python: ")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["archetype", "chronos", "pivotal", "promptliano", "supabase_chat"])
def test_a_real_system_is_the_same_from_its_copy(name: str, tmp_path: Path) -> None:
    to = tmp_path / "given"
    export_package([f"tables.{name}"], to, folder=ROOT).unwrap()
    code = (
        f"import importlib, sys; import tables.{name} as one\nother = importlib.import_module('given.tables.{name}')\n"
        "assert sorted(str(each.identity) for each in one.schema.objects) == "
        "sorted(str(each.identity) for each in other.schema.objects)"
    )
    environ = {"PYTHONPATH": f"{ROOT}:{ROOT / 'codecs'}:{tmp_path}", "PATH": ""}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=environ)
    assert (done.returncode, done.stderr) == (0, "")
