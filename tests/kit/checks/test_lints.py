"""Each lint on a database in which it finds something, and on one much like it; what is asked, left and silenced."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from qb import (
    Col,
    Database,
    DefinitionError,
    Script,
    Table,
    Tx,
    column,
    identity,
    matching,
    pg,
    schema,
    silence,
    trusted,
)
from qb.kit import Catalog, Checked, Identity, canonical, check, introspect, usage
from qb.kit.checks.lints import LINTS
from qb.typing import Lint
from tests.kit.checks.made_cases import CASES, Case

BEFORE = """
CREATE SCHEMA lints; SET LOCAL search_path = lints; CREATE ROLE lint_anon; CREATE ROLE lint_clerk;
GRANT USAGE ON SCHEMA lints TO lint_anon, lint_clerk;
"""
ELSEWHERE = {"extension-in-public"}
"""What no object of the schema shows."""


def checked(tx: Tx, statements: str, lint: Lint) -> Checked:
    tx.run(Script(trusted(f"{BEFORE} {statements}"))).unwrap()
    return check(
        introspect(tx).unwrap(),
        of=matching(schemas=["lints"]),
        only=[lint],
        exposed=["lint_anon"],
        usage=usage(tx).unwrap(),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.lint)
def test_what_is_likely_a_mistake_is_found(qb_tx: Tx, case: Case) -> None:
    found = checked(qb_tx, case.bad, case.lint).findings
    assert [(each.lint, each.on.title) for each in found] == [(case.lint, case.found)], found


def test_what_mends_it_is_sql_whatever_the_name(qb_tx: Tx) -> None:
    name = HOSTILE.replace('"', '""').partition(";")[0]
    qb_tx.run(
        Script(
            trusted(
                f'CREATE SCHEMA "{name}"; GRANT CREATE ON SCHEMA "{name}" TO PUBLIC;'
                "CREATE ROLE lint_anon; CREATE EXTENSION vector SCHEMA public;"
                f'CREATE SCHEMA extensions; CREATE TABLE "{name}"."{name}" (id int);'
                f'CREATE PUBLICATION "{name}" FOR TABLE "{name}"."{name}" (id) WHERE (id > 1);'
            )
        )
    ).unwrap()
    catalog = introspect(qb_tx).unwrap()
    lints: list[Lint] = ["public-may-create", "extension-in-public"]
    found = check(catalog, only=lints, exposed=["lint_anon"])
    assert {each.lint for each in found.findings} == {*lints}
    for each in found.findings:
        qb_tx.run(Script(trusted(each.fix))).unwrap()
    again = check(introspect(qb_tx).unwrap(), only=lints, exposed=["lint_anon"])
    assert again.findings == ()
    (finding,) = check(catalog, only=["published-without-key"]).findings
    assert finding.on == Identity("table", finding.on.schema, "", finding.on.schema)
    qb_tx.run(
        Script(
            trusted(f'DROP PUBLICATION "{name}"; CREATE PUBLICATION "{name}" FOR TABLES IN SCHEMA "{name}"'),
        )
    ).unwrap()
    assert check(introspect(qb_tx).unwrap(), only=["published-without-key"]).findings == (finding,)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.lint)
def test_what_is_much_like_it_is_left(qb_tx: Tx, case: Case) -> None:
    assert checked(qb_tx, case.good, case.lint).findings == ()


def test_there_is_a_case_for_each_lint() -> None:
    assert {case.lint for case in CASES} | ELSEWHERE == {rule.name for rule in LINTS}
    assert [rule.name for rule in LINTS] == sorted(get_args(Lint))


def test_the_view_that_lacks_it_is_named(qb_tx: Tx) -> None:
    made = (
        "CREATE TABLE a (id bigint PRIMARY KEY); ALTER TABLE a ENABLE ROW LEVEL SECURITY; "
        "CREATE VIEW below AS SELECT * FROM a; "
        "CREATE VIEW above WITH (security_invoker) AS SELECT * FROM below; GRANT SELECT ON above TO lint_anon"
    )
    (found,) = checked(qb_tx, made, "view-past-row-security").findings
    assert "it reads lints.a through lints.below with the rights of its owner" in str(found)
    assert "say security_invoker=True of lints.below" in str(found)


def test_an_extension_among_what_is_offered_to_the_outside(qb_tx: Tx) -> None:
    qb_tx.run(Script("CREATE ROLE lint_anon; CREATE SCHEMA lint_extensions")).unwrap()
    for name, titles in (("public", ["vector"]), ("lint_extensions", [])):
        with qb_tx.transaction(rollback=True) as tx:
            tx.run(Script(trusted(f"CREATE EXTENSION vector SCHEMA {name}"))).unwrap()
            found = check(introspect(tx).unwrap(), only=["extension-in-public"], exposed=["lint_anon"]).findings
            assert [each.on.title for each in found] == titles


HOSTILE = "a \"b\" $1 %s \\ {c}; 'x' FROM public.t WHERE ( Ä select"


def test_names_of_any_kind(qb_tx: Tx) -> None:
    name = HOSTILE.replace('"', '""')
    made = (
        f'CREATE TABLE "{name}" ("{name}" bigint PRIMARY KEY, "x y" text, "{name}2" bigint REFERENCES "{name}"); '
        f'CREATE INDEX "{name}i" ON "{name}" ("{name}2", "x y") INCLUDE ("{name}") WHERE "x y" <> \'") WHERE (\'; '
        f'CREATE INDEX "{name}j" ON "{name}" ("{name}2") WHERE "x y" <> \'") WHERE (\'; '
        f'ALTER TABLE "{name}" ENABLE ROW LEVEL SECURITY; '
        f'CREATE POLICY "{name}" ON "{name}" USING (EXISTS (SELECT FROM "{name}" AS o WHERE o."x y" = \'\'))'
    )
    qb_tx.run(Script(trusted(f"{BEFORE} {made}"))).unwrap()
    found = check(introspect(qb_tx).unwrap(), of=matching(schemas=["lints"])).findings
    lints = ["foreign-key-without-index", "redundant-index", "policy-circle"]
    assert [(each.lint, each.on.table) for each in found] == [(lint, HOSTILE) for lint in lints]
    assert [each.on.name for each in found[1:]] == [f"{HOSTILE}j", HOSTILE]


class Sensor(Table, name="sensors"):
    id: Col[int] = column(pg.integer, primary_key=True, default=identity())


class Reading(Table, name="readings"):
    id: Col[int] = column(pg.integer, primary_key=True, default=identity())
    sensor_id: Col[int] = column(pg.integer, references=Sensor.id)


def test_a_silence_of_a_column_of_a_table_and_of_all() -> None:
    few = silence("primary-key-of-32-bits", Sensor.id, because="there are ten")
    whole = silence("foreign-key-without-index", Reading, because="rows are only added")
    readings = schema(Sensor, Reading, few, whole)
    told = check(canonical(readings).unwrap(), readings)
    assert [(each.lint, each.on.title) for each in told.findings] == [
        ("primary-key-of-32-bits", "public.readings.readings_pkey")
    ]
    assert [(each.finding.lint, each.by) for each in told.silenced] == [
        ("foreign-key-without-index", whole),
        ("primary-key-of-32-bits", few),
    ]
    everywhere = schema(Sensor, Reading, whole, silence("primary-key-of-32-bits", because="all of them are small"))
    assert check(canonical(everywhere).unwrap(), everywhere).findings == ()


def test_a_silence_that_nothing_asks_for_is_told() -> None:
    old = silence("money-column", Sensor, because="it was money once")
    other = silence("unused-index", Sensor, because="asked only where a database has counted")
    sensors = schema(Sensor, old, other)
    catalog = canonical(sensors).unwrap()
    assert check(catalog, sensors).stale == (old,)
    assert check(catalog, sensors, only=["serial-column"]).stale == ()
    assert check(catalog, sensors, of=matching(names=["readings"])).stale == ()


def test_what_is_somebody_elses_is_left() -> None:
    class Theirs(Table, name="theirs", external=True):
        id: Col[int] = column(pg.integer, primary_key=True)

    class Ours(Table, name="ours"):
        id: Col[int] = column(primary_key=True)
        their_id: Col[int] = column(pg.integer, references=Theirs.id, index=True)

    both = schema(Theirs, Ours)
    assert check(canonical(both).unwrap(), both).findings == ()


def test_a_silence_stands_beside_a_table_that_a_module_imports() -> None:
    from tests.kit.checks import borrowing

    assert [each.lint for each in schema(borrowing).silences] == ["primary-key-of-32-bits"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: silence("no-such-lint", because="x"), "there is no lint 'no-such-lint': auth-users-exposed, "),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        (lambda: silence("serial-column", because=" "), "say why, as in because='it has some ten rows'"),
        (
            lambda: silence("serial-column", Sensor.id + 1, because="x"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
            "is about a table, a column or what stands beside them, not",
        ),
        (lambda: check(_empty(), only=["foreign-key"]), "did you mean foreign-key-half-null, "),  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
        (lambda: check(_empty(), only=["x"]), "there is no lint 'x': "),  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
        (lambda: check(_empty(), profile="x"), "there is no profile 'x': directus"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ],
)
def test_what_is_refused(wrong: object, said: str) -> None:
    assert callable(wrong)
    with pytest.raises(DefinitionError) as raised:
        wrong()
    assert said in str(raised.value)


def _empty() -> Catalog:
    return Catalog({}, {})


def test_a_finding_says_where_what_and_what_to_do(qb_db: Database) -> None:
    sensors = schema(Sensor)
    (found,) = check(canonical(sensors).unwrap(), sensors).findings
    assert str(found) == (
        "public.sensors.sensors_pkey: id is integer, which ends at 2,147,483,647: take bigint [primary-key-of-32-bits]"
    )


def test_the_page_lists_each_lint() -> None:
    page = (Path(__file__).parents[3] / "docs" / "checks.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| ([a-z0-9-]+) \| (warning|note) \|", page, re.MULTILINE)
    assert listed == [(rule.name, rule.level) for rule in LINTS]
