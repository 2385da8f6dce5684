"""`python -m tables.archetype.demo`: Archetype's builder database made, filled and asked on a real server.

Shows the SQL of each query as it is sent, and the typed rows that come back. The server is that of DATABASE_URL, or
else the embedded one in the project's folder `.qb`. All happens in a database of its own, which is dropped at the end.
"""

import base64
import datetime as dt
import os
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import msgspec

from archetype.documents.auth import ClerkOrganization, EncryptedAddress
from archetype.documents.conditions import Compare, IsMine, Some
from archetype.documents.model import ActionDefinition, ColumnStorage, DeleteEntity, Display, FromInput, UpdateEntity
from archetype.documents.work import ChainInputs, ChainSuccess, EmailAddress, EmailMetadata
from archetype.guards import branded
from archetype.ids import (
    ActionInputId,
    ClerkOrgId,
    ColumnId,
    OrganizationId,
    ProviderMessageId,
)
from archetype.labels import OrganizationRole, VersionStatus
from qb import (
    Db,
    DbError,
    Failure,
    Rows,
    Success,
    UniqueViolation,
    connect,
    create_all,
    crud,
    insert,
    select,
    sql,
    update,
)
from qb.databases import EncryptionKeys
from tables.archetype import queries, schema
from tables.archetype.auth.inboxes import InboxConnection, NewInboxConnection
from tables.archetype.auth.organizations import NewOrganization, Organization, User
from tables.archetype.builder.actions import Action, Authorization, NewAction, NewAuthorization
from tables.archetype.builder.emails import NewEmail
from tables.archetype.builder.entity_types import EntityType, EntityTypeVersion, NewEntityType, NewEntityTypeVersion
from tables.archetype.builder.history import ActionEdit
from tables.archetype.builder.relations import NewEntityRelation
from tables.archetype.builder.workspaces import (
    NewWorkspaceVersion,
    NewWorkspaceVersionActionVersion,
    NewWorkspaceVersionEntityTypeVersion,
    WorkspaceVersion,
)
from tables.archetype.repositories import chains, emails, organizations, users, workspaces
from tables.scratch import scratch_database
from tables.show import brief, heading, lines, statement

R = TypeVar("R")

EMAILS = 5_000
NOON = dt.datetime(2025, 5, 1, 12, tzinfo=dt.UTC)


def main() -> int:
    """The exit code: 0 when everything went as it should, 1 when there is no server to show it on."""
    reconfigure: Callable[..., None] | None = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")  # a terminal that has no ü still shows the rest
    started = time.perf_counter()
    try:
        with scratch_database(name="archetype_demo") as url, connect(url) as db:
            create(db)
            acme, ada = sign_up(db)
            version, action = model(db, acme, ada)
            publish(db, acme, version, action)
            documents(db, acme)
            inbox(db, acme, ada)
    except (DbError, ImportError) as error:
        print(f"The demo needs a PostgreSQL server: {error}", file=sys.stderr)
        return 1
    print(f"\nAll of it took {time.perf_counter() - started:.1f} s; its database is gone again.")
    return 0


def ask(db: Db, title: str, query: Rows[R], show: int = 3) -> list[R]:
    """Run a query and print its SQL and its first rows."""
    heading(title)
    statement(query)
    found = db.all(query).unwrap()
    lines((brief(row) for row in found[:show]), more=len(found) - show)
    return found


def create(db: Db) -> None:
    version = db.scalar(sql("SHOW server_version").rows(str)).unwrap()
    print(f"PostgreSQL {version}; where a query names all columns of a table, their number is shown")
    ddl = create_all(schema)
    spaces = sorted({str(each.source.schema) for each in schema.tables})
    heading(f"Create {len(schema.tables)} tables in {', '.join(spaces)}: {len(ddl.statements)} statements, for example")
    db.run(ddl).unwrap()
    shown = [each for each in ddl.statements if each.startswith('CREATE TABLE "builder"."version_refs"')]
    print("\n".join(f"  {line}" for each in shown for line in each.splitlines()))
    external = [each.source.name for each in schema.tables if each.external]
    lines([f"somebody else's, and left alone: {', '.join(external)}"])


def sign_up(db: Db) -> tuple[Organization, User]:
    new = NewOrganization(clerk_org_id=ClerkOrgId("org_acme"), slug="acme", name="Acme")
    (made,) = ask(db, "Insert an organization: its id is made by the server", queries.organizations.create(new))

    heading("The slug is taken: a value, not an exception")
    match organizations.create(db, NewOrganization(clerk_org_id=ClerkOrgId("org_other"), slug="acme", name="Other")):
        case Failure(UniqueViolation(constraint, table, _, columns)):
            lines([f"UniqueViolation: {constraint} of {table} on {', '.join(columns)}"])
        case other:
            raise AssertionError(other)

    heading("A user as Clerk sends it, and once more under another name")
    address = b'"email_addresses": [{"id": "e", "email_address": "ada@acme.example"}]'
    body = b'{"id": "user_ada", "first_name": "Ada", ' + address + b"}"
    for document in (body, body.replace(b"Ada", b"Augusta"), body.replace(b'"Ada"', b"1")):
        match users.clerk_user(document):
            case Success(row):
                lines([brief(users.from_clerk(db, row).unwrap().first_name)])
            case Failure(refused):
                lines([brief(refused)])
    ada = db.one(select(User)).unwrap()
    organizations.add_member(db, made.organization_id, ada.user_id, OrganizationRole.OWNER).unwrap()
    ask(db, "The members of an organization", queries.organizations.members(made.organization_id))

    heading("Where its database is: hidden from every row, and from whatever prints one")
    keys = EncryptionKeys(base64.b64encode(os.urandom(32)).decode())  # a program reads them from its environment
    secret = keys.encrypt("postgresql://acme@db.internal/acme", of=made.organization_id)
    organizations.set_database_address(db, made.organization_id, EncryptedAddress(secret)).unwrap()
    lines([repr(organizations.database_address(db, made.organization_id).unwrap())])

    heading("An id from outside is branded, or refused")
    lines(brief(branded(OrganizationId, each)) for each in (made.organization_id, "not an id"))
    return made, ada


def model(db: Db, acme: Organization, ada: User) -> tuple[EntityTypeVersion, Action]:
    one = acme.organization_id
    types = [NewEntityType(organization_id=one, api_name=name) for name in ("deal", "company")]
    deal, company = db.insert_many(types, insert(EntityType).returning()).unwrap()
    new = NewEntityTypeVersion(
        entity_type_id=deal.entity_type_id,
        version_number=1,
        name="Deal",
        plural_name="Deals",
        display=Display("handshake"),
        created_by_user_id=ada.user_id,
    )
    version = db.one(crud(EntityTypeVersion, EntityTypeVersion.entity_type_version_id).create(new)).unwrap()
    relation = NewEntityRelation(
        organization_id=one,
        version_number=1,
        from_entity_type_id=deal.entity_type_id,
        to_entity_type_id=company.entity_type_id,
        from_name="company",
        to_name="deals",
        storage=ColumnStorage("company_id"),
    )
    db.execute(insert(relation)).unwrap()
    action = NewAction(
        organization_id=one,
        version_number=1,
        entity_type_id=deal.entity_type_id,
        kind="update",
        api_name="rename",
        name="Rename",
        definition=ActionDefinition([UpdateEntity({ColumnId("name"): FromInput(ActionInputId("new_name"))})]),
    )
    (made,) = ask(db, "An action: what it does is a document, a tagged union of steps", insert(action).returning())
    own = Some([IsMine(ColumnId("owner")), Compare(ColumnId("stage"), "=", "open")])
    rule = NewAuthorization(
        organization_id=one,
        role=OrganizationRole.MEMBER,
        entity_type_id=deal.entity_type_id,
        operations=["read", "update"],
        condition=own,
    )
    db.execute(insert(rule)).unwrap()
    ask(
        db,
        "Who may do what with an entity type: a condition is a tree in JSON",
        select(Authorization.role, Authorization.operations, Authorization.condition),
    )

    heading("An action of an older shape is read as today's, one of no known shape is a value of its own row")
    for document in ('{{"step": {{"do": "delete"}}}}', '{{"steps": "all"}}'):
        changed = "UPDATE builder.data_model_action SET definition = {document}::text::jsonb"
        db.execute(sql(changed, document=document.replace("{{", "{").replace("}}", "}")).command()).unwrap()
        lines([brief(db.scalar(select(Action.definition)).unwrap())])
    whole = Action.definition.to(ActionDefinition([DeleteEntity()]))
    db.execute(update(Action).set(whole, Action.status.to(VersionStatus.PUBLISHED)).all_rows()).unwrap()
    ask(db, "A trigger keeps what was changed", select(ActionEdit.edit).order_by(ActionEdit.created_at.desc()), show=1)
    return version, made


def publish(db: Db, acme: Organization, entity_type: EntityTypeVersion, action: Action) -> None:
    one = acme.organization_id
    draft = workspaces.create(db, NewWorkspaceVersion(organization_id=one, version_number=1)).unwrap()
    key = draft.workspace_version_id
    deal = NewWorkspaceVersionEntityTypeVersion(
        workspace_version_id=key, entity_type_version_id=entity_type.entity_type_version_id
    )
    db.execute(insert(deal)).unwrap()
    rename = NewWorkspaceVersionActionVersion(workspace_version_id=key, action_version_id=action.action_version_id)
    db.execute(insert(rename)).unwrap()
    heading("Publish: the version and the name that means it, both or neither")
    lines([brief(workspaces.publish(db, one, key).unwrap())])
    ask(db, "A version of the workspace with all that is in it, in one query", queries.workspaces.contents(key))
    heading("What is published is never changed, whoever tries")
    changed = update(WorkspaceVersion).set(WorkspaceVersion.message.to("too late")).all_rows()
    lines([brief(db.execute(changed))])


def documents(db: Db, acme: Organization) -> None:
    heading("Clerk's own document is kept as it came, and decoded by who asks")
    said = ClerkOrganization("org_acme", "Acme", public_metadata={"plan": "team"})
    lines([brief(organizations.clerk_data(organizations.set_clerk_data(db, said).unwrap()))])
    asked = ChainInputs("What does Acme sell?")
    run = chains.start(db, acme.organization_id, "describe", asked, cache_key="acme").unwrap()
    answer = ChainSuccess(msgspec.Raw(b'{"sells": ["anvils"]}'))
    chains.succeed(db, run.chain_run_id, answer, dt.timedelta(seconds=1.5)).unwrap()
    (found,) = ask(db, "A chain's answer under its cache key", queries.chains.cached("describe", 1, "acme"))
    lines([brief(chains.result(found))])


def inbox(db: Db, acme: Organization, ada: User) -> None:
    connection = NewInboxConnection(
        organization_id=acme.organization_id, user_id=ada.user_id, provider="gmail", email_address=ada.email
    )
    key = db.one(insert(connection).returning(InboxConnection.inbox_connection_id)).unwrap()
    heading(f"Store {EMAILS:,} emails from a generator; each once, however often they are sent")
    started, count = time.perf_counter(), 0
    for _ in range(2):
        rows = (
            NewEmail(
                organization_id=acme.organization_id,
                inbox_connection_id=key,
                provider_message_id=ProviderMessageId(f"m{number}"),
                subject=f"Offer {number}",
                sender=EmailAddress("grace@example.org", "Grace"),
                metadata=EmailMetadata(to=[EmailAddress(ada.email)], labels=["inbox"] if number % 2 else []),
                body="It is 100% übersetzt.",
                sent_at=NOON + dt.timedelta(minutes=number),
            )
            for number in range(EMAILS)
        )
        count = len(emails.store(db, rows).unwrap())
    lines([f"{count:,} rows in {time.perf_counter() - started:.2f} s, twice"])
    ask(db, "The newest, without their bodies", queries.emails.of_organization(acme.organization_id, limit=2))


if __name__ == "__main__":
    sys.exit(main())
