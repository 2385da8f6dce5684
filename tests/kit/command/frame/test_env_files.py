"""`.env` and `.env.NAME`: which one says a variable."""

from __future__ import annotations

import os
from pathlib import Path

from qb.kit.command.frame.env_files import env_files, with_env_files


def test_the_environment_leads_then_the_database_s_own_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=plain\nB=plain\nC=plain\n# D=comment\nexport E='quoted value' # why\n")
    (tmp_path / ".env.production").write_text("A=production\nB=production\n")
    files = env_files(tmp_path, "production")
    assert [path.name for path in files] == [".env.production", ".env"]
    found = with_env_files({"A": "environment"}, files)
    assert found == {"A": "environment", "B": "production", "C": "plain", "E": "quoted value"}


def test_what_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert env_files(tmp_path, "production") == ()
    assert with_env_files({"A": "1"}, ()) == {"A": "1"}


def test_nothing_is_put_into_the_environment(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("QB_TEST_OF_ENV_FILES=1\nNOTHING\n")
    assert "NOTHING" not in with_env_files({}, env_files(tmp_path, ""))
    assert "QB_TEST_OF_ENV_FILES" not in os.environ


def test_values_may_be_made_of_others(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("WHO=ada\nDATABASE_URL=postgresql://${WHO}@localhost/shop\n")
    assert with_env_files({}, env_files(tmp_path, ""))["DATABASE_URL"] == "postgresql://ada@localhost/shop"


def test_a_name_is_no_path(tmp_path: Path) -> None:
    (tmp_path / ".env.").mkdir()
    (tmp_path / "other").write_text("A=1\n")
    assert env_files(tmp_path, "/../other") == ()
