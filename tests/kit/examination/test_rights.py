"""What the role may do: each right that is missing, with the GRANT that gives it."""

from __future__ import annotations

from tests.kit.examination.conftest import Patient

MAKE = (
    "CREATE SCHEMA audit",
    "CREATE TABLE orders (id int PRIMARY KEY)",
    "CREATE TABLE audit.entries (id int PRIMARY KEY)",
)


def mended(patient: Patient, *lines: str) -> None:
    """What the doctor says to run is enough."""
    for _, _, fix in patient.about("rights", *lines):
        assert fix is not None
        patient.run(fix)
    assert patient.about("rights", *lines) == []


def test_schemas_that_are_not_there_yet(patient: Patient) -> None:
    found = patient.about("rights")
    assert found == [
        (
            "problem",
            f'the schemas audit are not there, and "{patient.role}" may create none',
            f'GRANT CREATE ON DATABASE "{patient.database}" TO "{patient.role}";',
        ),
        (
            "problem",
            f'"{patient.role}" lacks CREATE on the schema "public"',
            f'GRANT CREATE ON SCHEMA "public" TO "{patient.role}";',
        ),
    ]
    mended(patient)


def test_tables_of_somebody_else(patient: Patient) -> None:
    patient.run(*MAKE, 'CREATE ROLE "{role}_owner"', 'ALTER TABLE orders OWNER TO "{role}_owner"')
    try:
        patient.run('ALTER TABLE audit.entries OWNER TO "{role}_owner"')
        found = {message: fix for _, message, fix in patient.about("rights")}
        assert found == {
            f'"{patient.role}" lacks USAGE and CREATE on the schema "audit"': (
                f'GRANT USAGE, CREATE ON SCHEMA "audit" TO "{patient.role}";'
            ),
            f'"{patient.role}" lacks CREATE on the schema "public"': (
                f'GRANT CREATE ON SCHEMA "public" TO "{patient.role}";'
            ),
            f'"audit"."entries", "public"."orders" belong to "{patient.role}_owner", whose member "{patient.role}" is '
            "not: only an owner changes them": f'GRANT "{patient.role}_owner" TO "{patient.role}";',
        }
        mended(patient)
    finally:
        patient.run('DROP OWNED BY "{role}_owner"', 'DROP ROLE "{role}_owner"')


def test_what_is_not_owned_is_only_read(patient: Patient) -> None:
    patient.run(*MAKE)
    found = patient.about("rights", "owned = false")
    assert [(level, fix) for level, _, fix in found] == [
        ("problem", f'GRANT USAGE ON SCHEMA "audit" TO "{patient.role}";'),
        ("warning", f'GRANT SELECT ON ALL TABLES IN SCHEMA "audit" TO "{patient.role}";'),
        ("warning", f'GRANT SELECT ON ALL TABLES IN SCHEMA "public" TO "{patient.role}";'),
    ]
    mended(patient, "owned = false")


def test_roles_that_are_above_everything(patient: Patient) -> None:
    assert patient.about("rights", url=patient.url) == []  # on this machine it is as it should be
    ((level, message, _),) = patient.about("rights", "protected = true", url=patient.url)
    assert (level, message) == (
        "warning", '"postgres" is a superuser: nothing is refused to it, not even by row security',
    )  # fmt: skip
    patient.run('ALTER ROLE "{role}" BYPASSRLS', 'GRANT CREATE ON DATABASE "{database}" TO "{role}"')
    patient.run('GRANT CREATE ON SCHEMA public TO "{role}"')
    mended(patient)
