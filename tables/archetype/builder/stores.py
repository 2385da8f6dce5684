"""Where else an organization's data are."""

import datetime as dt

from archetype.documents.model import StoreConfig
from archetype.ids import DataStoreConfigId, OrganizationId
from qb import Col, Hidden, column, guard, new, pg, references, unique
from tables.archetype.auth.organizations import Organization
from tables.archetype.shared import Timestamped, fresh

no_secrets = guard("secrets", "password", "*secret*", "*token*", "api_key", "private_key", "*credentials*")


class DataStoreConfig(Timestamped, name="data_store_config", schema="builder"):
    """A store outside of the organization's own database. Its password is encrypted, and no part of the document."""

    data_store_config_id: Col[DataStoreConfigId] = column(
        pg.varchar, primary_key=True, default=fresh(DataStoreConfigId)
    )
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade")
    )
    name: Col[str] = column(pg.varchar(100))
    config: Col[StoreConfig] = column(pg.jsonb, guard=no_secrets)
    encrypted_password: Hidden[bytes | None] = column(pg.bytea, default=None)
    read_only: Col[bool] = column(pg.boolean, default=True)
    verified_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


NewDataStoreConfig = new(DataStoreConfig)

data_store_name = unique(
    DataStoreConfig.organization_id, DataStoreConfig.name, name="data_store_config_organization_id_name_key"
)
