"""`[tool.qb.databases.NAME]`: what is read, what is refused, and with which words."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from qb import Failure
from qb.kit import read_config
from qb.kit.config import Config, CustomSql, DatabaseConfig, Migrator, OutputFiles
from qb.kit.config_file import config_of, key_lines
from qb.kit.errors import InvalidConfig, KitError, NoConfig

WHOLE = """
[project]
name = "shop"

[tool.qb.databases.default]
url = "env:DATABASE_URL"
direct_url = "env:DIRECT_URL"
schema = ["shop.tables", "shop.audit"]
migrations = "../supabase/migrations"
layout = "flat"
prefix = "index"
schemas = ["public", "app_*"]
include = ["cms_*"]
exclude = ["directus_*"]
owned = true
protected = false
shadow = "env:SHADOW_URL"
major = 16
custom.before = ["sql/extensions.sql"]
custom.after = ["sql/functions/*.sql"]
seeds = ["shop.seeds:fill"]
outputs = { erd = "docs/erd.mmd", typescript = "web/schema.ts" }
journal = "migrations"
each = "shop.tenants:addresses"
coexist = ["directus", "alembic"]
strict = true
verbose = true

[tool.qb.databases.production]
extends = "default"
url = "env:PRODUCTION_URL"
protected = true
"""


def refused(text: str) -> str:
    with pytest.raises(InvalidConfig) as raised:
        config_of(text, "pyproject.toml")
    return str(raised.value)


def test_every_key() -> None:
    config = config_of(WHOLE, "/srv/shop/pyproject.toml")
    assert config.folder == Path("/srv/shop")
    assert config.databases["default"] == DatabaseConfig(
        url="env:DATABASE_URL",
        direct_url="env:DIRECT_URL",
        schema=("shop.tables", "shop.audit"),
        migrations="../supabase/migrations",
        layout="flat",
        prefix="index",
        schemas=("public", "app_*"),
        include=("cms_*",),
        exclude=("directus_*",),
        owned=True,
        protected=False,
        shadow="env:SHADOW_URL",
        major=16,
        custom=CustomSql(before=("sql/extensions.sql",), after=("sql/functions/*.sql",)),
        seeds=("shop.seeds:fill",),
        outputs=OutputFiles(erd="docs/erd.mmd", typescript="web/schema.ts"),
        journal="migrations",
        each="shop.tenants:addresses",
        coexist=("directus", "alembic"),
        strict=True,
        verbose=True,
    )


def test_the_test_above_says_every_key() -> None:
    said = {
        key.split(".")[4] for key in key_lines(WHOLE) if key.startswith("tool.qb.databases.") and key.count(".") > 3
    }
    assert said == {key.split(".")[0] for key in DatabaseConfig.__struct_fields__}


def test_what_extends_has_the_keys_of_the_other_but_who_may_change_it() -> None:
    production = config_of(WHOLE, "pyproject.toml").databases["production"]
    assert production.url == "env:PRODUCTION_URL"
    assert production.schema == ("shop.tables", "shop.audit")
    assert (production.owned, production.protected) == (None, True)


def test_a_value_is_frozen_and_equal_by_content() -> None:
    one, other = config_of(WHOLE, "pyproject.toml"), config_of(WHOLE, "pyproject.toml")
    assert one == other
    with pytest.raises(AttributeError):
        one.databases["default"].owned = False  # type: ignore[misc]


EXCEL = f"there is no 'excel' (there is {', '.join(sorted(get_args(Migrator)))})"
D = "[tool.qb.databases.default]\n"


NO_SUCH = "there is no such key"
WRONG = [
    (f'{D}urll = "x"', 2, "databases.default.urll", f"{NO_SUCH}: did you mean url?"),
    (f'{D}URL = "x"', 2, "databases.default.URL", f"{NO_SUCH}: did you mean url?"),
    (f"{D}\ndirect-url = 'x'", 3, "databases.default.direct-url", f"{NO_SUCH}: did you mean direct_url?"),
    (f"{D}custom.befor = []", 2, "databases.default.custom.befor", f"{NO_SUCH}: did you mean before?"),
    (
        f"{D}[tool.qb.databases.default.custom]\nzzz = []",
        3,
        "databases.default.custom.zzz",
        f"{NO_SUCH} (there is after, before)",
    ),
    ("[tool.qb.database.default]\n", 1, "database", f"{NO_SUCH}: did you mean databases?"),
    ("[tool.qb]\nurl = 'x'", 2, "url", f"{NO_SUCH} (there is databases)"),
    ("[tool.qb]\n", 1, "", "it names no database: `qb init` writes a first"),
    (
        "[tool.qb.databases]\ndefault = 'x'",
        2,
        "databases.default",
        "a table is expected, as [tool.qb.databases.default] begins one",
    ),
    ("[tool]\nqb = 3", 2, "", "a table is expected, as [tool.qb] begins one"),
    (f"{D}owned = 'yes'", 2, "databases.default.owned", "true or false is expected, not a text"),
    (f"{D}url = 5", 2, "databases.default.url", "a text is expected, not a whole number"),
    (f"{D}layout = 'deep'", 2, "databases.default.layout", "there is no 'deep' (there is flat, folder)"),
    (
        f"{D}coexist = ['excel']",
        2,
        "databases.default.coexist",
        EXCEL,
    ),
    (f"{D}extends = 'base'", 2, "databases.default.extends", "there is no database 'base' (there is default)"),
    (
        f"{D}extends = 'other'\n[tool.qb.databases.other]\nextends = 'default'",
        4,
        "databases.other.extends",
        "it extends itself: default -> other -> default",
    ),
]


@pytest.mark.parametrize(("text", "line", "key", "message"), WRONG)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, key: str, message: str) -> None:
    place = ".".join(filter(None, ("tool.qb", key)))
    assert refused(text) == f"pyproject.toml:{line}: {place}: {message}"


def test_what_is_no_toml() -> None:
    assert refused(f"{D}url = !") == "pyproject.toml:2: no TOML: Invalid value"
    assert refused(f"{D}url = ").startswith("pyproject.toml:2: no TOML: Invalid value")


def test_no_value_that_may_be_a_secret_is_shown() -> None:
    assert "hunter2" not in refused(f"{D}url = ['postgresql://ada:hunter2@h/d']")
    assert "hunter2" not in refused(f"{D}shadow = {{ url = 'postgresql://ada:hunter2@h/d' }}")


def found(start: Path) -> Config:
    return read_config(start=start).unwrap()


def failed(start: Path) -> KitError:
    outcome = read_config(start=start)
    assert isinstance(outcome, Failure)
    return outcome.failure()


def test_the_nearest_file_with_a_config_is_found_from_any_folder(tmp_path: Path) -> None:
    inner = tmp_path / "packages" / "shop" / "src"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(f"{D}major = 18\n")
    (tmp_path / "packages" / "shop" / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    assert found(inner).file == tmp_path / "pyproject.toml"
    (tmp_path / "packages" / "shop" / "pyproject.toml").write_text(f"{D}major = 16\n")
    assert found(inner).databases["default"].major == 16


def test_the_current_folder_is_where_it_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text(D)
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    assert read_config().unwrap().file == tmp_path / "pyproject.toml"
    assert read_config("../pyproject.toml").unwrap().databases.keys() == {"default"}


def test_there_is_none(tmp_path: Path) -> None:
    assert failed(tmp_path) == NoConfig(str(tmp_path))
    assert "`qb init` writes a first one" in str(failed(tmp_path))


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    assert "No such file or directory" in str(read_config(tmp_path / "none.toml").failure())
    (tmp_path / "pyproject.toml").write_bytes(b"\xff\xfe")
    assert str(failed(tmp_path)).endswith("pyproject.toml: it is not UTF-8")
    (tmp_path / "pyproject.toml").write_text("[tool.qb\n")
    assert "pyproject.toml:1: no TOML: " in str(failed(tmp_path))


def test_lines_of_quoted_and_dotted_keys() -> None:
    lines = key_lines('[tool.qb.databases."my shop"]  # here\ncustom.before = []\n"url" = "x"\n')
    assert {name: line for name, line in lines.items() if "my shop" in name} == {
        "tool.qb.databases.my shop": 1,
        "tool.qb.databases.my shop.custom.before": 2,
        "tool.qb.databases.my shop.url": 3,
    }
