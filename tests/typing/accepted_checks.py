"""What looks at catalogs and rows, as the checkers take it; every function is run."""
# mypy: disallow-any-expr

from __future__ import annotations

from typing import assert_type

from qb import Col, Db, Outcome, Table, column, identity, index, matching, pg, schema, silence, unique
from qb.kit import (
    Catalog,
    Checked,
    Finding,
    RawUse,
    RowProblem,
    Usage,
    Validated,
    check,
    docs,
    erd,
    introspect,
    raw_uses,
    usage,
    validate,
)
from qb.typing import Lint, Silence


class Sensor(Table, name="accepted_sensors"):
    id: Col[int] = column(pg.integer, primary_key=True, default=identity())
    name: Col[str] = column()


by_name = index("accepted_sensors_name_idx", Sensor.name)
one_name = unique(Sensor.name)
few = silence("primary-key-of-32-bits", Sensor.id, because="there are ten")
some = silence("duplicate-index", Sensor, by_name, one_name, because="an older program names it")
sensors = schema(Sensor, by_name, one_name, few, some)


def silences() -> None:
    assert_type(few, Silence)
    assert_type(few.lint, Lint)
    assert_type(sensors.silences, tuple[Silence, ...])


def findings(db: Db) -> None:
    found = introspect(db).unwrap()
    assert_type(found, Catalog)
    assert_type(usage(db), Outcome[Usage])
    told = check(found, sensors, of=matching(names=["accepted_*"]), only=["no-primary-key"], profile="directus")
    assert_type(told, Checked)
    assert_type(told.findings, tuple[Finding, ...])
    for each in told.warnings:
        assert_type(each.lint, Lint)


def documents() -> None:
    assert_type(erd(Catalog({}, {}), "svg", columns="keys"), str)
    assert_type(docs(Catalog({}, {}), title="Sensors"), str)
    assert_type(raw_uses(), tuple[RawUse, ...])


def rows(db: Db) -> None:
    found = validate(sensors, db, sample=10, show_keys=True)
    assert_type(found, Outcome[Validated])
    assert_type(found.unwrap().problems, tuple[RowProblem, ...])
