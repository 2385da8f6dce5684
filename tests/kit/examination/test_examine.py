"""Everything looked at: the modules, the address, a pooler, extensions, and where schemas are looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from qb.kit import choose, doctor
from qb.kit.config_file import config_of
from qb.run.server import embedded
from tests.kit.examination.conftest import TABLES, Patient
from tests.run.bouncer import bouncer


def test_a_superuser_s_own_database_is_fine(patient: Patient) -> None:
    found = doctor(patient.chosen(url=patient.url, schema=f"{TABLES}:shop"))
    assert [(each.check, each.level) for each in found] == [
        (each, "ok")
        for each in (
            "config", "schema", "address", "version", "pooler", "settings", "extensions", "rights", "migrators",
                "locks", "shadow",
        )
    ]  # fmt: skip
    assert all(each.fix is None for each in found)


def test_a_module_that_cannot_be_read(patient: Patient) -> None:
    found = patient.findings(url=patient.url, schema="tests.kit.examination.shopp")
    assert [(each.check, each.level) for each in found] == [("schema", "problem")]
    assert "there is no module tests.kit.examination.shopp" in found[0].message


def test_an_address_where_nobody_is(patient: Patient) -> None:
    (_, found) = patient.findings(url="postgresql://ada:hunter2@127.0.0.1:1/shop")
    assert (found.check, found.level) == ("address", "problem")
    assert found.message.startswith("postgresql://ada@127.0.0.1:1/shop: could not connect: ")
    assert found.fix == "pg_isready -d postgresql://ada@127.0.0.1:1/shop"
    assert "hunter2" not in found.message


def test_a_password_for_everybody_to_read(tmp_path: Path) -> None:
    address = "postgresql://ada:hunter2@127.0.0.1:1"
    lines = f'url = "{address}/a"', f'direct_url = "{address}/b"', f'shadow = "{address}/c"'
    text = "\n".join(("[tool.qb.databases.default]", *lines))
    found = doctor(choose(config_of(text, tmp_path / "pyproject.toml"), environ={}).unwrap())[:4]
    assert [(each.level, each.fix) for each in found] == [
        ("warning", 'url = "env:DATABASE_URL"'),
        ("warning", 'direct_url = "env:DIRECT_URL"'),
        ("warning", 'shadow = "env:SHADOW_URL"'),
        ("ok", None),
    ]
    assert not any("hunter2" in each.message for each in found)


def test_the_variable_of_another_database_is_its_own(tmp_path: Path) -> None:
    address = "postgresql://ada:hunter2@127.0.0.1:1"
    lines = f'url = "{address}/a"', f'direct_url = "{address}/b"', f'shadow = "{address}/c"'
    text = "\n".join(('[tool.qb.databases."my crm"]', *lines))
    found = doctor(choose(config_of(text, tmp_path / "pyproject.toml"), environ={}).unwrap())[:3]
    assert [each.fix for each in found] == [
        'url = "env:MY_CRM_URL"',
        'direct_url = "env:MY_CRM_DIRECT_URL"',
        'shadow = "env:MY_CRM_SHADOW_URL"',
    ]


@pytest.mark.parametrize("folder", ["a$b", "file"])
def test_where_the_embedded_server_cannot_live(folder: str, tmp_path: Path) -> None:
    where = tmp_path / folder
    where.mkdir()
    if folder == "file":
        (where / ".qb").write_text("")
    (where / "pyproject.toml").write_text("[tool.qb.databases.default]\n")
    config = config_of((where / "pyproject.toml").read_text(), where / "pyproject.toml")
    found = doctor(choose(config, environ={}).unwrap())
    assert [(each.check, each.level) for each in found][-1] == ("address", "problem")


def test_a_direct_address_where_nobody_is(patient: Patient) -> None:
    direct = "postgresql://ada:hunter2@127.0.0.1:1/shop"
    ((level, message, fix),) = patient.about("pooler", 'direct_url = "env:DIRECT"', url=patient.url, DIRECT=direct)
    assert level == "problem"
    assert message.startswith("direct_url, postgresql://ada@127.0.0.1:1/shop (from env:DIRECT): could not connect")
    assert fix == "pg_isready -d postgresql://ada@127.0.0.1:1/shop"


def test_without_the_embedded_server(patient: Patient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    absent: dict[str, None] = {}
    monkeypatch.setattr(embedded, "find_spec", absent.get)
    (found,) = patient.findings(url=patient.url, schema=f"{TABLES}:shop")
    assert (found.check, found.level, found.fix) == ("shadow", "warning", 'pip install "qb[embedded]"')


def test_extensions(patient: Patient) -> None:
    def about(name: str) -> dict[str, tuple[str, str | None]]:
        found = patient.findings(url=patient.url, schema=f"{TABLES}:{name}")
        return {each.check: (each.level, each.fix) for each in found}

    assert about("with_vector") == {"extensions": ("warning", 'CREATE EXTENSION "vector";')}
    patient.run('CREATE EXTENSION "vector"')
    assert about("with_vector") == {}
    assert about("with_postgis") == {
        "extensions": ("problem", None),
        "shadow": ("warning", 'shadow = "env:SHADOW_URL"'),
    }


def test_a_shadow_of_one_s_own(patient: Patient) -> None:
    def about(shadow: str, schema: str) -> list[tuple[str, str | None]]:
        found = patient.findings('shadow = "env:SHADOW"', url=patient.url, schema=schema, SHADOW=shadow)
        return [(each.message, each.fix) for each in found if each.check == "shadow"]

    assert about(patient.url, f"{TABLES}:shop") == []
    ((message, fix),) = about(patient.login, f"{TABLES}:shop")
    assert message.startswith(f'"{patient.role}" may create no database on the shadow postgresql://')
    assert fix == f'ALTER ROLE "{patient.role}" CREATEDB;'
    patient.run(fix)
    assert about(patient.login, f"{TABLES}:shop") == []
    ((message, _),) = about(patient.url, f"{TABLES}:with_postgis")
    assert message.endswith("lacks postgis: install them there")
    ((message, _),) = about("postgresql://127.0.0.1:1/x", f"{TABLES}:shop")
    assert message.startswith("could not connect")


@pytest.mark.parametrize("mode", ["transaction", "session"])
def test_a_pooler_in_between(patient: Patient, mode: str) -> None:
    with bouncer(patient.url, "transaction" if mode == "transaction" else "session") as address:
        ((level, message, fix),) = patient.about("pooler", url=address)
        assert (level, fix) == ("problem", 'direct_url = "env:DIRECT_URL"')
        assert message.startswith("a pooler is in between")
        ((level, _, _),) = patient.about("pooler", "owned = false", url=address)
        assert level == "warning"
        assert patient.about("pooler", 'direct_url = "env:DIRECT"', url=address, DIRECT=patient.url) == []
        again = f"{address}&connect_timeout=9"
        ((_, message, _),) = patient.about("pooler", 'direct_url = "env:DIRECT"', url=address, DIRECT=again)
        assert "at direct_url, too" in message
        other = patient.url.replace(f"/{patient.database}?", "/postgres?")
        ((_, message, _),) = patient.about("pooler", 'direct_url = "env:DIRECT"', url=address, DIRECT=other)
        assert message == "url and direct_url lead to different databases, or servers"


def test_a_direct_address_beside_none_of_a_pooler(patient: Patient) -> None:
    found = doctor(
        patient.chosen('direct_url = "env:DIRECT"', url=patient.url, schema=f"{TABLES}:shop", DIRECT=patient.url)
    )
    assert [(each.level, each.message) for each in found if each.check == "pooler"] == [("ok", "none in between")]


def test_a_setting_that_keeps_one_out_is_found_and_raises_nothing(patient: Patient) -> None:
    patient.run('ALTER ROLE "{role}" CONNECTION LIMIT 0')
    found = patient.findings(schema=f"{TABLES}:shop")
    assert [(each.check, each.level) for each in found] == [("address", "problem")]
