"""Other migrators in the same database, by name, and what the config says of them."""

from __future__ import annotations

from qb.kit import doctor
from tests.kit.examination.conftest import TABLES, Patient


def test_who_is_there_is_named_with_what_to_write(patient: Patient) -> None:
    patient.run(
        "CREATE TABLE alembic_version (version_num text)",
        *(f"CREATE TABLE directus_{name} (id int)" for name in ("users", "files", "roles", "fields")),
        "CREATE SCHEMA drizzle",
        "CREATE TABLE drizzle.__drizzle_migrations (id int)",
        "CREATE TABLE databasechangelog (id int)",
        "CREATE SCHEMA hdb_catalog",
    )
    found = patient.about("migrators")
    fix = 'coexist = ["alembic", "directus", "drizzle", "liquibase"]'
    left = "here: qb leaves that alone, and what else it makes you leave out with exclude"
    assert found == [
        ("warning", f"Alembic keeps alembic_version {left}", fix),
        ("warning", f"Directus keeps directus_fields, directus_files, directus_roles and 1 more {left}", fix),
        ("warning", f"Drizzle keeps the schema drizzle {left}", fix),
        ("warning", f"Liquibase keeps databasechangelog {left}", fix),
    ]
    assert patient.about("migrators", fix) == []
    (last,) = patient.about("migrators", 'coexist = ["alembic", "flyway", "directus", "liquibase"]')
    assert last[2] == 'coexist = ["alembic", "directus", "drizzle", "flyway", "liquibase"]'
    (known,) = [each for each in doctor(patient.chosen(fix, schema=f"{TABLES}:shop")) if each.check == "migrators"]
    assert known.message == (
        "left alone: Alembic (alembic_version), Directus (directus_fields, directus_files, directus_roles and 1 more), "
        "Drizzle (the schema drizzle), Hasura (the schema hdb_catalog), Liquibase (databasechangelog)"
    )


def test_our_own_journal_is_nobody_else_s(patient: Patient) -> None:
    patient.run("CREATE SCHEMA qb", "CREATE TABLE qb.migration (id text)")
    found = [each.message for each in doctor(patient.chosen(schema=f"{TABLES}:shop")) if each.check == "migrators"]
    assert found == ["nobody else keeps tables here"]


def test_names_that_anybody_may_choose_tell_nothing(patient: Patient) -> None:
    patient.run("CREATE SCHEMA auth", "CREATE TABLE auth.users (id int)")
    assert patient.about("migrators") == []
