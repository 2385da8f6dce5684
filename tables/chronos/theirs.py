"""What others own in the same database, as far as ours points to it or reads it: Directus and Alembic make and change
it.

`directus_*` are Directus' own tables, `raw_*` and `staging_*` the data warehouse's, `alembic_version` is where Alembic
keeps what it has done. `ours=matching(...)` of the schema says it once for all names; nothing here says `external` of
itself.
"""

import datetime as dt

from chronos.ids import CrunchbaseId, DirectusFileId, DirectusUserId, Revision, StagingDealId
from qb import Col, Table, column, pg


class DirectusUser(Table, name="directus_users"):
    """Who signs in to Directus: editors."""

    id: Col[DirectusUserId] = column(pg.uuid, primary_key=True)
    first_name: Col[str | None] = column(pg.varchar(50))
    last_name: Col[str | None] = column(pg.varchar(50))
    email: Col[str | None] = column(pg.varchar(128))


class DirectusFile(Table, name="directus_files"):
    """What editors uploaded."""

    id: Col[DirectusFileId] = column(pg.uuid, primary_key=True)
    storage: Col[str] = column(pg.varchar(255))
    filename_download: Col[str] = column(pg.varchar(255))
    title: Col[str | None] = column(pg.varchar(255))
    type: Col[str | None] = column(pg.varchar(255))


class RawCrunchbase(Table, name="raw_crunchbase"):
    """Companies as they were fetched."""

    id: Col[CrunchbaseId] = column(pg.bigint, primary_key=True)
    payload: Col[dict[str, object]] = column(pg.jsonb)
    fetched_at: Col[dt.datetime] = column(pg.timestamptz)


class StagingDeal(Table, name="staging_deals"):
    """Deals on their way into `app_deals`."""

    id: Col[StagingDealId] = column(pg.bigint, primary_key=True)
    company_name: Col[str] = column(pg.text)
    amount: Col[str | None] = column(pg.text, comment="as it was found: not every source knows a number")
    loaded_at: Col[dt.datetime] = column(pg.timestamptz)


class AlembicVersion(Table, name="alembic_version"):
    """Where Alembic stands."""

    version_num: Col[Revision] = column(pg.varchar(32), primary_key=True)
