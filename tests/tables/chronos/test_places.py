"""Where companies are: a table with a schema of its own, on Debian's PostgreSQL 15 with PostGIS."""

import pytest

from chronos.ids import Slug
from qb import Script, Success, connect, create_all, drop_all, insert, select, unwrap
from qb.kit import introspect
from qb.types.geojson import Point
from tables.chronos import Company, NewCompany, places, queries
from tables.chronos.places import CompanyPlace, NewCompanyPlace
from tests.debian import debian
from tests.kit.alone import differences

BERLIN, POTSDAM, PARIS = Point((13.405, 52.52)), Point((13.06, 52.4)), Point((2.35, 48.857))


def test_what_is_written_and_what_is_left_to_others() -> None:
    made = create_all(places.schema)
    assert [str(each) for each in made.operations if "app_companies" in str(each)] == []
    assert 'CREATE EXTENSION IF NOT EXISTS "postgis"' in str(made)
    assert '"at" geography(Point,4326) NOT NULL' in str(made)


@pytest.mark.slow
def test_companies_around_a_place() -> None:
    with debian("postgis") as url, connect(url, rebuild=True) as db:
        unwrap(db.run(Script("CREATE EXTENSION postgis")))
        unwrap(db.run(create_all(places.schema, stand_ins=True)))
        first = introspect(db).unwrap()
        names = [NewCompany(name=name, slug=Slug(name.lower())) for name in ("Berlin", "Potsdam", "Paris")]
        rows = zip(names, (BERLIN, POTSDAM, PARIS), strict=True)
        for company, at in rows:
            made: Company = unwrap(db.one(insert(company).returning()))
            unwrap(db.execute(insert(NewCompanyPlace(company_id=made.id, at=at, address=made.name))))
        assert [each.at for each in unwrap(db.all(select(CompanyPlace).order_by(CompanyPlace.created_at)))] == [
            BERLIN,
            POTSDAM,
            PARIS,
        ]
        found = unwrap(db.all(queries.companies.near(BERLIN, 50_000.0)))
        assert [round(each.meters / 1000) for each in found] == [0, 27]
        assert len(unwrap(db.all(queries.companies.near(BERLIN, 2_000_000.0)))) == 3
        unwrap(db.run(drop_all(places.schema)))
        unwrap(db.run(create_all(places.schema)))
        assert differences(first, introspect(db).unwrap()) == ()
        assert db.all(select(CompanyPlace)) == Success([])
        assert len(unwrap(db.all(select(Company)))) == 3  # not ours to drop, in this schema
