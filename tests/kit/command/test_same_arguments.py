"""Every form of a command that runs migrations tells the runner all that its options and the config say."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qb.errors.outcome import Success
from qb.kit import migrate, migrate_async, migrate_each
from qb.kit.command.deploy import perform as deploy
from qb.kit.command.frame.migrating import MigrateArguments
from qb.kit.command.frame.shell_command import ShellCommand
from qb.kit.command.migrate import perform as migrating
from qb.kit.running.migrating import Migrated
from tests.kit.command.commands import project, run

SAID = {
    "--to": "0001_a",
    "--dry-run": None,
    "--wait": "7",
    "--lock-timeout": "3",
    "--allow": "drop-table:x",
    "--confirm": "default",
    "--unproved": "0001_a",
    "--late": "0001_a",
    "--contract": "0001_a",
    "--backup": "kept",
    "--keep-backups": "3",
    "--keep": None,
    "--guards": "all",
    "--show-keys": None,
}
"""Every option of what is run, none as it is without it."""


def options_of(perform: ShellCommand) -> set[str]:
    names = set(inspect.signature(perform._function).parameters) - {"invocation"}  # pyright: ignore[reportPrivateUsage]
    return {f"--{name.replace('_', '-')}" for name in names}


def parameters(function: Callable[..., Any]) -> set[str]:
    return set(inspect.signature(function).parameters)


def test_each_function_takes_what_the_others_take() -> None:
    plain = parameters(migrate) - {"db"}
    assert parameters(migrate_async) - {"db"} == plain | {"direct_url"}
    assert parameters(migrate_each) - {"addresses", "on_begin"} == plain
    assert set(MigrateArguments.__annotations__) == plain - {"history", "backups"}


def test_no_option_is_left_out_of_these_tests() -> None:
    assert options_of(migrating) == {*SAID, "--ephemeral", "--each", "--org"}
    assert options_of(deploy) == {*SAID, "--env", "--after"} - {"--to"}


def here(folder: Path, files: tuple[Path, ...]) -> str:
    """A commit that has it all."""
    assert {each.name for each in files} == {"up.sql", "extensions.sql", "views.sql"}
    return "0" * 40


@pytest.fixture
def folder(tmp_path: Path, qb_url: str) -> Path:
    made = tmp_path / "migrations" / "0001_a"
    made.mkdir(parents=True)
    (made / "up.sql").write_text("SELECT 1;")
    for name in ("extensions", "views"):
        (tmp_path / f"{name}.sql").write_text("SELECT 1;")
    custom = ('custom.before = ["extensions.sql"]', 'custom.after = ["views.sql"]', 'journal = "elsewhere"')
    names = f"addresses = {{'one': {qb_url!r}, 'two': {qb_url!r}}}"
    lines = (f'url = "{qb_url}"', 'schema = "never_loaded"', "owned = true", *custom)
    return project(tmp_path, *lines, tenants_all=names)


@pytest.mark.parametrize("form", ["migrate", "each", "deploy"])
@pytest.mark.parametrize("left_out", [None, *SAID])
def test_what_is_said_arrives(
    folder: Path, qb_url: str, monkeypatch: pytest.MonkeyPatch, form: str, left_out: str | None
) -> None:
    """All of it, and without an option all but that one."""
    told: list[dict[str, Any]] = []

    def noted(*_: object, **arguments: Any) -> Any:
        told.append(dict(arguments))
        return Success(Migrated())

    for module in ("migrating", "migrating_each"):
        monkeypatch.setattr(f"qb.kit.running.{module}.migrate", noted)
    monkeypatch.setattr("qb.kit.running.in_commit.committed", here)
    said = {
        name: value for name, value in SAID.items() if name != left_out and not (form == "deploy" and name == "--to")
    }
    words = [word for pair in said.items() for word in pair if word is not None]
    start = {"migrate": ["migrate"], "each": ["migrate", "--each", "tenants_all:addresses"]}
    done = run(*start.get(form, ["deploy", "--env", "default"]), *words, folder=folder)
    assert done.code == 0, done
    assert len(told) == (2 if form == "each" or (form == "deploy" and left_out == "--dry-run") else 1)
    for number, found in enumerate(told):
        assert set(found) | {"db", "history", "backups"} == parameters(migrate)
        if not (form == "deploy" and number == 0):
            assert (found["backups"] is None) == (left_out == "--backup")
            if found["backups"] is not None:
                keep, address = found["backups"].keep, found["backups"].address
                assert (keep, address) == (5 if left_out == "--keep-backups" else 3, qb_url)
        rules, patience = found["rules"], found["patience"]
        assert found["journal"] == "elsewhere"
        assert [each.name for each in found["before"] + found["after"]] == ["extensions.sql", "views.sql"]
        assert None not in (found["look"], found["commutes"], found["on_progress"])
        assert found["dry_run"] == (left_out != "--dry-run" or (form == "deploy" and number == 0))
        assert found["to"] == (None if left_out == "--to" or form == "deploy" else "0001_a")
        assert found["keep"] == (left_out != "--keep")
        assert (found["guards"].every, found["guards"].show_keys) == (left_out != "--guards", left_out != "--show-keys")
        assert (patience.wait, patience.lock_timeout) == (
            60.0 if left_out == "--wait" else 7.0,
            2.0 if left_out == "--lock-timeout" else 3.0,
        )
        assert (rules.allow, rules.confirm, rules.unproved, rules.late) == (
            () if left_out == "--allow" else ("drop-table:x",),
            None if left_out == "--confirm" else "default",
            () if left_out == "--unproved" else ("0001_a",),
            () if left_out == "--late" else ("0001_a",),
        )


@pytest.mark.parametrize("option", [*SAID, "--each", "--org"])
def test_what_means_nothing_on_a_server_that_is_thrown_away_is_refused(folder: Path, option: str) -> None:
    if option in ("--wait", "--lock-timeout", "--keep-backups"):
        return  # nobody else is there, and they change nothing
    value = SAID.get(option, "tenants_all:addresses")
    done = run("migrate", "--ephemeral", option, *(() if value is None else (value,)), folder=folder)
    assert done.code == 2
    assert f"--ephemeral takes a server that is thrown away, and no {option}: leave either out" in done.errors
