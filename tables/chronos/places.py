"""Where companies are, on the globe: a table with a schema of its own, as it needs PostGIS.

It is created where that is installed, after all others: of these it points to `app_companies` alone.
"""

from chronos.ids import CompanyId
from qb import Col, column, index, matching, new, pg, references
from qb import schema as _schema
from qb.types.geojson import Point
from tables.chronos.app import Company
from tables.chronos.shared import Timestamped
from tables.chronos.theirs import DirectusFile


class CompanyPlace(Timestamped, name="app_company_places"):
    """Where a company has its seat: longitude and latitude, so that distances are meters."""

    company_id: Col[CompanyId] = column(
        pg.uuid, primary_key=True, references=references(Company.id, on_delete="cascade")
    )
    at: Col[Point] = column(pg.geography(Point))
    address: Col[str] = column(pg.text, default="")


NewCompanyPlace = new(CompanyPlace)

place_at = index("app_company_places_at_idx", CompanyPlace.at, method="gist")

schema = _schema(DirectusFile, Company, CompanyPlace, place_at, ours=matching(names=["app_company_places"]))
"""The table, its index and the extension; `app_companies` has to be there."""
