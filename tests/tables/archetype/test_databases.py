"""The databases of organizations, each found by its document in the builder database, whichever kind that is."""

import base64
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from psycopg.conninfo import conninfo_to_dict

from archetype.documents.auth import BranchAddress, DatabaseAddress, EncryptedAddress, PlainAddress
from archetype.ids import ClerkOrgId, EntityTypeId, EntityTypeVersionId, OrganizationId, WorkspaceVersionId
from qb import (
    AddressUnreadable,
    AsyncTx,
    DdlRefused,
    Failure,
    NotFound,
    SchemaIncomplete,
    Script,
    Success,
    Tx,
    connect,
    create_all,
    databases,
    insert,
    select,
    sql,
    unwrap,
)
from qb.databases import DatabaseBounds, Databases, DatabaseSettings, EncryptionKeys
from qb.kit import discover
from qb.run.server.embedded import Embedded
from tables.archetype import organization, queries
from tables.archetype.auth.organizations import NewOrganization, OrganizationChanges
from tables.archetype.databases import address_of, connect_organizations, connect_organizations_async, pooled
from tables.archetype.organization import EntityTable, NewEntityTable, NewWorkspace, Workspace
from tables.archetype.repositories import organizations
from tables.scratch import scratch_database
from tests.tables.archetype import make

KEYS = EncryptionKeys(base64.b64encode(bytes(range(32))).decode())
SLUGS = ("plain", "encrypted", "branch")
WHOSE = select(Workspace.organization_id)
READS = sql(
    """SELECT coalesce(max(generic_plans + custom_plans), 0) FROM pg_prepared_statements
    WHERE statement LIKE '%/* qb: database_address */'"""
).rows(int)
"""How often the builder's connection was asked where a database is."""


@pytest.fixture(scope="module")
def urls(qb_server: Embedded) -> Iterator[dict[str, str]]:
    """A database for each of three organizations, as somebody else has made it; and one with nothing in it."""
    with ExitStack() as stack:
        made = {slug: stack.enter_context(scratch_database(qb_server.url, name=slug)) for slug in (*SLUGS, "bare")}
        for slug in SLUGS:
            with connect(made[slug]) as own:
                unwrap(own.run(create_all(organization.schema)))
                mine = NewWorkspace(organization_id=OrganizationId(slug), workspace_version_id=WorkspaceVersionId("v1"))
                unwrap(own.execute(insert(mine)))
        yield made


@pytest.fixture
def settings(qb_server: Embedded) -> DatabaseSettings:
    """What a program reads from its environment, and a test makes for itself."""
    bounds = DatabaseBounds(max_size=1, databases=3, links=3)
    return DatabaseSettings(address=databases.PlainAddress(qb_server.url), keys=KEYS, bounds=bounds)


def stored(slug: str, url: str) -> DatabaseAddress:
    """The same address, as each of the three kinds has it."""
    parts = conninfo_to_dict(url)
    match slug:
        case "encrypted":
            return EncryptedAddress(KEYS.encrypt(url, of=OrganizationId(slug)))
        case "branch":
            return BranchAddress(str(parts["host"]), str(parts["dbname"]), "br-main", user=str(parts["user"]))
        case _:
            return PlainAddress(url)


def organization_at(tx: Tx, slug: str, address: DatabaseAddress | None) -> OrganizationId:
    row = NewOrganization(
        organization_id=OrganizationId(slug), clerk_org_id=ClerkOrgId(f"org_{slug}"), slug=slug, name=slug
    )
    made = unwrap(organizations.create(tx, row)).organization_id
    if address is not None:
        unwrap(organizations.set_database_address(tx, made, address))
    return made


@pytest.fixture
def three(tx: Tx, urls: dict[str, str]) -> list[OrganizationId]:
    return [organization_at(tx, slug, stored(slug, urls[slug])) for slug in SLUGS]


@pytest.fixture
def of(tx: Tx, settings: DatabaseSettings) -> Iterator[Databases[OrganizationId]]:
    with connect_organizations(tx, settings) as made:
        yield made


def test_each_kind_of_address_leads_to_its_database(
    tx: Tx, three: list[OrganizationId], of: Databases[OrganizationId]
) -> None:
    before = unwrap(tx.scalar(READS))
    for id in three:
        assert of.of(id).scalar(WHOSE) == Success(id)
    assert of.fan_out(WHOSE, three) == {id: Success([id]) for id in three}
    assert (of.report.databases, of.report.links) == (3, 3)
    assert unwrap(tx.scalar(READS)) == before + 3  # one query, prepared once, and asked once of each


@pytest.mark.anyio
async def test_coroutines(async_tx: AsyncTx, urls: dict[str, str], settings: DatabaseSettings) -> None:
    ids = [OrganizationId(slug) for slug in SLUGS]
    for slug in SLUGS:
        row = NewOrganization(
            organization_id=OrganizationId(slug), clerk_org_id=ClerkOrgId(f"org_{slug}"), slug=slug, name=slug
        )
        unwrap(await async_tx.one(queries.organizations.create(row)))
        address = stored(slug, urls[slug])
        unwrap(await async_tx.one(queries.organizations.set_database_address(OrganizationId(slug), address)))
    async with connect_organizations_async(async_tx, settings) as each:
        assert await each.fan_out(WHOSE, ids, at_once=1) == {id: Success([id]) for id in ids}


def test_who_has_none_or_is_suspended_is_not_found(
    tx: Tx, three: list[OrganizationId], of: Databases[OrganizationId]
) -> None:
    unwrap(organizations.change(tx, three[0], OrganizationChanges(status="suspended")))
    for id in (three[0], organization_at(tx, "new", None), make.NO_ORGANIZATION):
        assert isinstance(of.of(id).ping().failure(), NotFound)


def test_what_a_database_must_have_is_asked_before_its_first_use(
    tx: Tx, urls: dict[str, str], of: Databases[OrganizationId]
) -> None:
    bare = organization_at(tx, "bare", PlainAddress(urls["bare"]))
    refused = of.of(bare).ping().failure()
    assert isinstance(refused, SchemaIncomplete)
    assert "archetype.workspace" in str(refused)


def test_a_secret_that_was_changed_says_nothing(tx: Tx, urls: dict[str, str], of: Databases[OrganizationId]) -> None:
    secret = KEYS.encrypt(urls["plain"], of=OrganizationId("changed"))
    changed = organization_at(tx, "changed", EncryptedAddress(secret[:-1] + bytes([secret[-1] ^ 1])))
    other = organization_at(
        tx,
        "other",
        EncryptedAddress(EncryptionKeys(base64.b64encode(b"k" * 16).decode()).encrypt("x", of=OrganizationId("other"))),
    )
    for id in (changed, other):
        assert of.of(id).ping() == Failure(AddressUnreadable("no key opens it, or it was changed, or is another one's"))


def test_nothing_is_defined_there_unless_it_is_said(three: list[OrganizationId], of: Databases[OrganizationId]) -> None:
    entity = NewEntityTable(
        entity_type_id=EntityTypeId("deal"), entity_type_version_id=EntityTypeVersionId("v1"), table_name="deal"
    )
    made = Script("CREATE TABLE deal (id text PRIMARY KEY, amount numeric(9, 2) NOT NULL)")
    db = of.of(three[0])
    assert db.run(made) == Failure(DdlRefused("a script"))
    assert db.execute(sql("CREATE TABLE deal ()").command()) == Failure(DdlRefused("CREATE TABLE"))
    allowed = of.of(three[0], ddl=True)
    unwrap(allowed.run(made))
    try:
        # What else there is, is found at run time: the builder's tables say what it is called.
        assert db.execute(insert(entity)) == Success(1)
        found = unwrap(discover(db))[unwrap(db.scalar(select(EntityTable.table_name)))]
        unwrap(db.execute(sql("INSERT INTO deal VALUES ('d1', 9.50)").command()))
        assert [dict(row) for row in unwrap(db.all(found.select("id")))] == [{"id": "d1"}]
        assert of.health(three)[three[0]].ok
    finally:
        unwrap(allowed.run(Script("DROP TABLE deal", "DELETE FROM archetype.entity_table")))


def test_a_branch_is_reached_through_its_pooler_if_it_says_so() -> None:
    host = "ep-cool-1.eu.example.net"
    for wanted, said in ((True, "ep-cool-1-pooler.eu.example.net"), (False, host)):
        found = address_of(BranchAddress(host, "acme", "br-main", user="ada", pooled=wanted))
        assert found == databases.BranchAddress(host=said, database="acme", user="ada")
        assert "ep-cool" not in repr(found)
    assert pooled("/var/run/postgresql.d") == "/var/run/postgresql.d"
    assert pooled("localhost") == "localhost"
