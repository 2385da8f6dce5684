"""The server's version and settings: what is in the way, and what mends it."""

from __future__ import annotations

import pytest

from tests.kit.examination.conftest import Patient


@pytest.mark.parametrize(
    ("name", "value", "right", "level", "shown"),
    [
        ("statement_timeout", "5s", "0", "warning", "5000 ms"),
        ("transaction_timeout", "1min", "0", "warning", "60000 ms"),
        ("default_transaction_read_only", "on", "off", "problem", "on"),
        ("session_replication_role", "replica", "origin", "problem", "replica"),
        ("default_transaction_isolation", "serializable", "read committed", "warning", "serializable"),
        ("row_security", "off", "on", "warning", "off"),
        ("check_function_bodies", "off", "on", "warning", "off"),
        ("standard_conforming_strings", "off", "on", "problem", "off"),
    ],
)
def test_a_setting_in_the_way(patient: Patient, name: str, value: str, right: str, level: str, shown: str) -> None:
    patient.run(f"ALTER ROLE \"{{role}}\" SET {name} = '{value}'")
    ((found, message, fix),) = patient.about("settings")
    assert found == level
    assert message.startswith(f"{name} is {shown}: ")
    assert fix == f"ALTER ROLE \"{patient.role}\" SET {name} = '{right}';"
    patient.run(fix)
    assert patient.about("settings") == []


def test_where_tables_without_a_schema_are(patient: Patient) -> None:
    patient.run('CREATE SCHEMA "App"', 'GRANT USAGE ON SCHEMA "App" TO "{role}"')
    patient.run('ALTER DATABASE "{database}" SET search_path = "App", public')
    ((level, message, fix),) = patient.about("settings")
    assert (level, fix) == ("warning", f'ALTER ROLE "{patient.role}" SET search_path = public;')
    assert message == 'what is declared without a schema is created in "App", the first of the search path'
    patient.run('ALTER DATABASE "{database}" SET search_path = nowhere')
    ((level, message, _),) = patient.about("settings")
    assert (level, message[:33]) == ("problem", "no schema of the search path is t")


def test_an_encoding_that_cannot_store_every_text(patient: Patient) -> None:
    latin = f"{patient.database}_latin"
    patient.run(f"CREATE DATABASE \"{latin}\" TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    try:
        url = patient.url.replace(f"/{patient.database}?", f"/{latin}?")
        ((level, message, fix),) = patient.about("settings", url=url)
        assert (level, message) == ("warning", "the database's encoding is LATIN1: not every text can be stored")
        assert fix == f"CREATE DATABASE \"{latin}_utf8\" TEMPLATE template0 ENCODING 'UTF8';"
    finally:
        patient.run(f'DROP DATABASE "{latin}"')


def test_the_major_version_that_the_config_says(patient: Patient) -> None:
    assert patient.about("version", "major = 18") == []
    assert patient.about("version", "major = 16") == [
        ("problem", "it is PostgreSQL 18, and the config says 16", "major = 18")
    ]
