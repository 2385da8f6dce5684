"""The queries are values: coroutines run the same ones."""

import pytest

from archetype.ids import ClerkOrgId
from qb import AsyncTx, Success
from tables.archetype import queries
from tables.archetype.auth.organizations import NewOrganization

pytestmark = pytest.mark.anyio


async def test_an_organization_without_blocking(async_tx: AsyncTx) -> None:
    new = NewOrganization(clerk_org_id=ClerkOrgId("org_1"), slug="acme", name="Acme")
    made = (await async_tx.one(queries.organizations.create(new))).unwrap()
    assert await async_tx.one(queries.organizations.by_id(made.organization_id)) == Success(made)
    assert await async_tx.first(queries.organizations.database_address(made.organization_id)) == Success(None)
    assert await async_tx.all(queries.organizations.members(made.organization_id)) == Success([])
