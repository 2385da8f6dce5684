"""Organizations and users: by their keys, with their documents, without their secrets."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archetype.documents.auth import (
    BranchAddress,
    Branding,
    ClerkOrganization,
    DatabaseAddress,
    EncryptedAddress,
    OrganizationSettings,
    OrganizationSettingsV1,
    PlainAddress,
    Preferences,
)
from archetype.guards import Refused
from archetype.ids import ClerkOrgId, ClerkUserId, CustomViewId
from archetype.labels import OrganizationRole
from qb import Database, Failure, NotFound, Success, Tx, UniqueViolation, replace, select, sql, unwrap
from tables.archetype.auth.organizations import NewOrganization, Organization, OrganizationChanges
from tables.archetype.repositories import organizations, users
from tests.tables.archetype import make

CLERK = msgspec.json.encode(
    {
        "id": "user_ada",
        "first_name": "Ada",
        "email_addresses": [{"id": "e1", "email_address": "a@x"}, {"id": "e2", "email_address": "ada@x"}],
        "primary_email_address_id": "e2",
        "banned": False,
    }
)
ADDRESSES: list[DatabaseAddress] = [
    PlainAddress("postgresql://ada:hunter2@localhost/acme"),
    EncryptedAddress(b"\x00iv-and-\xffciphertext"),
    BranchAddress("ep-cool-1.example.net", "acme", "br-main", pooled=False),
]


def test_created_and_found_by_each_of_its_keys(tx: Tx) -> None:
    made = make.organization(tx)
    assert (made.status, made.settings, made.clerk_data, made.deleted_at) == (
        "active",
        OrganizationSettings(),
        None,
        None,
    )
    assert organizations.by_id(tx, made.organization_id) == Success(made)
    assert organizations.by_clerk_org_id(tx, made.clerk_org_id) == Success(made)
    assert organizations.by_slug(tx, "ACME") == Success(made)
    assert organizations.by_id(tx, make.NO_ORGANIZATION) == Failure(NotFound("organization"))


@pytest.mark.parametrize(
    ("clerk_org", "slug", "column"), [("org_acme", "other", "clerk_org_id"), ("org_other", "acme", "slug")]
)
def test_clerks_id_and_the_slug_are_taken_once(tx: Tx, clerk_org: str, slug: str, column: str) -> None:
    make.organization(tx)
    with tx.transaction(rollback=True) as inner:
        again = NewOrganization(clerk_org_id=ClerkOrgId(clerk_org), slug=slug, name="Other")
        match organizations.create(inner, again):
            case Failure(UniqueViolation(columns=columns)):
                assert columns == (column,)
            case other:
                raise AssertionError(other)


def test_changed_and_deleted(tx: Tx) -> None:
    made = make.organization(tx)
    settings = replace_branding(made.settings)
    changed = unwrap(organizations.change(tx, made.organization_id, OrganizationChanges(settings=settings)))
    assert changed == replace(made, settings=settings, updated_at=changed.updated_at)
    assert unwrap(organizations.delete(tx, made.organization_id)).deleted_at is not None
    for gone in (
        organizations.by_id(tx, made.organization_id),
        organizations.by_slug(tx, "acme"),
        organizations.delete(tx, made.organization_id),
        organizations.database_address(tx, made.organization_id),
    ):
        assert isinstance(gone.failure(), NotFound)


def replace_branding(settings: OrganizationSettings) -> OrganizationSettings:
    return msgspec.structs.replace(settings, branding=Branding("#ff0000"), assistant="act")


@given(color=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=9), enabled=st.booleans())
def test_settings_of_before_there_were_versions(archetype: Database, color: str, enabled: bool) -> None:
    with archetype.transaction(rollback=True) as tx:
        made = make.organization(tx)
        old = msgspec.json.encode(OrganizationSettingsV1(color, enabled)).decode()
        unwrap(tx.execute(sql("UPDATE auth.organization SET settings = {old}::text::jsonb", old=old).command()))
        read = unwrap(organizations.by_id(tx, made.organization_id)).settings
        assert read == OrganizationSettings(Branding(color), "suggest" if enabled else "off")
        # Written back it is of today's shape.
        unwrap(organizations.change(tx, made.organization_id, OrganizationChanges(settings=read)))
        version = sql("SELECT (settings ->> 'version')::int FROM auth.organization").rows(int)
        assert unwrap(tx.scalar(version)) == 2


# ------------------------------------------------------------------------------------------------ where its data are


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda each: type(each).__name__)
def test_every_kind_of_address_comes_back(tx: Tx, address: DatabaseAddress) -> None:
    made = make.organization(tx)
    assert isinstance(organizations.database_address(tx, made.organization_id).failure(), NotFound)
    assert organizations.with_databases(tx) == Success([])
    assert organizations.set_database_address(tx, made.organization_id, address) == Success(made.organization_id)
    assert organizations.database_address(tx, made.organization_id) == Success(address)
    assert organizations.with_databases(tx) == Success([made.organization_id])
    unwrap(organizations.change(tx, made.organization_id, OrganizationChanges(status="suspended")))
    assert isinstance(organizations.database_address(tx, made.organization_id).failure(), NotFound)
    assert organizations.with_databases(tx) == Success([])


@pytest.mark.parametrize("address", ADDRESSES[:2], ids=lambda each: type(each).__name__)
def test_no_address_is_printed(tx: Tx, address: DatabaseAddress) -> None:
    made = make.organization(tx)
    unwrap(organizations.set_database_address(tx, made.organization_id, address))
    row = unwrap(organizations.by_id(tx, made.organization_id))
    for shown in (repr(row), repr(address), str(address), repr([address]), msgspec.json.encode(row).decode()):
        assert "hunter2" not in shown
        assert "cipher" not in shown
    with pytest.raises(AttributeError, match="database_address, which is hidden"):
        row.database_address  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
    # An error of a document that cannot be read does not show it, either.
    unwrap(
        tx.execute(
            sql(
                """UPDATE auth.organization SET database_address = '{{"kind": "plain", "url": ["hunter2"]}}'"""
            ).command()
        )
    )
    failed = organizations.database_address(tx, made.organization_id).failure()
    assert "hunter2" not in f"{failed} {failed!r}"


# ----------------------------------------------------------------------------------------------------- Clerk's words


def test_what_clerk_said_is_decoded_by_who_asks(tx: Tx) -> None:
    made = make.organization(tx)
    assert organizations.clerk_data(made) == Success(None)
    said = ClerkOrganization("org_acme", "Acme", public_metadata={"plan": ["a", 1, None]})
    told = unwrap(organizations.set_clerk_data(tx, said))
    assert organizations.clerk_data(told) == Success(said)
    unwrap(tx.execute(sql("""UPDATE auth.organization SET clerk_data = '{{"id": 1}}'""").command()))
    other = unwrap(organizations.by_id(tx, made.organization_id))
    assert organizations.clerk_data(other) == Failure(Refused("$.id", "Expected `str`, got `int`"))
    # A document of another shape fails itself, and not the page that it is on.
    assert unwrap(tx.all(select(Organization))) == [other]


def test_a_user_as_clerk_sends_it(tx: Tx) -> None:
    new = unwrap(users.clerk_user(CLERK))
    first = unwrap(users.from_clerk(tx, new))
    assert (first.email, first.first_name, first.organization_id) == ("ada@x", "Ada", None)
    assert users.by_clerk_user_id(tx, ClerkUserId("user_ada")) == Success(first)
    renamed = unwrap(users.from_clerk(tx, unwrap(users.clerk_user(CLERK.replace(b"Ada", b"Grace")))))
    assert (renamed.user_id, renamed.first_name, renamed.email) == (first.user_id, "Grace", "ada@x")
    assert users.by_id(tx, make.NO_USER) == Failure(NotFound("user"))
    assert users.clerk_user(b'{"id": "user_ada"}').failure() == Refused("$.email_addresses", "a user has an email")
    assert users.clerk_user(b'{"id": 1}').failure().path == "$.id"
    assert users.clerk_user(b"{").failure().path == "$"


def test_preferences(tx: Tx) -> None:
    ada = make.user(tx)
    assert users.preferences_of(tx, ada.user_id) == Success(Preferences())
    dark = Preferences("dark", pinned_views=[CustomViewId("v1")])
    assert unwrap(users.save_preferences(tx, ada.user_id, dark)).preferences == dark
    assert users.preferences_of(tx, ada.user_id) == Success(dark)
    light = Preferences("light")
    assert unwrap(users.save_preferences(tx, ada.user_id, light)).preferences == light
    unwrap(tx.execute(sql("""UPDATE auth.user_preferences SET preferences = '{{"theme": "dark"}}'""").command()))
    assert users.preferences_of(tx, ada.user_id) == Success(Preferences("dark"))


def test_members_by_email(tx: Tx) -> None:
    acme, ada, grace = make.organization(tx), make.user(tx), make.user(tx, "Grace")
    for each in (grace, ada):
        unwrap(organizations.add_member(tx, acme.organization_id, each.user_id))
    owner = unwrap(organizations.add_member(tx, acme.organization_id, ada.user_id, OrganizationRole.OWNER))
    found = unwrap(organizations.members(tx, acme.organization_id))
    assert [user for _, user in found] == [ada, grace]
    assert [member.role for member, _ in found] == [OrganizationRole.OWNER, OrganizationRole.MEMBER]
    assert found[0][0] == owner
