"""Chains, emails, queues, usage and versions: what is kept as it came, what is upgraded, what runs once."""

import datetime as dt
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archetype.documents.billing import ActionsRun, TokensUsed
from archetype.documents.model import ActionDefinition, ActionDefinitionV1, DeleteEntity
from archetype.documents.work import (
    ChainError,
    ChainInputs,
    ChainSuccess,
    ChainUsage,
    EmailAddress,
    EmailMetadata,
    EmailMetadataV1,
    GmailNotice,
    WorkError,
)
from archetype.guards import Refused
from archetype.ids import (
    ActionLogId,
    ChainRunId,
    EntityTypeId,
    GmailHistoryId,
    InboxConnectionId,
    OrganizationId,
    ProviderMessageId,
    ProviderThreadId,
    StripeCustomerId,
    WorkspaceVersionId,
)
from archetype.labels import JobStatus, VersionStatus
from qb import Database, Failure, New, NotFound, Success, Tx, Undecodable, insert, select, sql, unwrap, update
from tables.archetype.billing_tracking.customers import NewCustomer, NewOrganizationSubscription
from tables.archetype.billing_tracking.usage import NewUsageMetrics
from tables.archetype.builder.actions import Action, NewAction
from tables.archetype.builder.emails import Email, GmailQueueItem, NewEmail, NewGmailQueueItem
from tables.archetype.builder.entity_types import NewEntityType, NewEntityTypeVersion
from tables.archetype.builder.workspaces import (
    NewWorkspaceVersion,
    NewWorkspaceVersionActionVersion,
    NewWorkspaceVersionEntityTypeVersion,
)
from tables.archetype.queries import emails as email_queries
from tables.archetype.repositories import billing, chains, emails, workspaces
from tests.tables.archetype import make

NOON = dt.datetime(2025, 5, 1, 12, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)

# ------------------------------------------------------------------------------------------------------------ chains


def test_a_chain_runs_and_is_found_under_its_key(tx: Tx) -> None:
    acme = make.organization(tx)
    asked = ChainInputs("What is a deal?", EntityTypeId("t1"), {"n": [1, None]})
    run = unwrap(chains.start(tx, acme.organization_id, "name", asked, cache_key="k"))
    assert (run.result_type, chains.result(run), chains.inputs(run)) == (None, Success(None), Success(asked))
    assert chains.cached(tx, "name", "k") == Success(None)
    answer = ChainSuccess(msgspec.Raw(b'{"name":"Deal"}'), [ChainUsage("m", 3, 4)])
    done = unwrap(chains.succeed(tx, run.chain_run_id, answer, 1.5 * SECOND))
    assert (done.result_type, done.duration_ms) == ("success", 1500)
    found = unwrap(chains.result(done))
    assert isinstance(found, ChainSuccess)
    assert (msgspec.json.decode(found.output), found.usage) == ({"name": "Deal"}, answer.usage)
    assert unwrap(chains.cached(tx, "name", "k")) == done
    assert chains.cached(tx, "name", "k", chain_version=2) == Success(None)
    assert chains.cached(tx, "other", "k") == Success(None)
    assert chains.succeed(tx, run.chain_run_id, answer, SECOND) == Failure(NotFound("chain_run_table"))


def test_a_chain_that_failed_is_no_answer(tx: Tx) -> None:
    run = unwrap(chains.start(tx, None, "name", ChainInputs("?"), cache_key="k"))
    wrong = ChainError("no model", "timeout")
    failed = unwrap(chains.fail(tx, run.chain_run_id, wrong, SECOND))
    assert (failed.result_type, chains.result(failed)) == ("error", Success(wrong))
    assert chains.cached(tx, "name", "k") == Success(None)
    assert chains.fail(tx, ChainRunId("none"), wrong, SECOND) == Failure(NotFound("chain_run_table"))


def test_an_answer_that_is_too_old_does_not_count(tx: Tx) -> None:
    run = unwrap(chains.start(tx, None, "name", ChainInputs("?"), cache_key="k", expires_at=NOON))
    unwrap(chains.succeed(tx, run.chain_run_id, ChainSuccess(msgspec.Raw(b"1")), SECOND))
    assert chains.cached(tx, "name", "k") == Success(None)


def test_a_result_of_another_shape_is_refused_and_fails_no_page(tx: Tx) -> None:
    run = unwrap(chains.start(tx, None, "name", ChainInputs("?")))
    unwrap(tx.execute(sql("UPDATE builder.chain_run_table SET result_type = 'error', result = '[1]'").command()))
    (read,) = unwrap(tx.all(select(type(run))))
    assert chains.result(read) == Failure(Refused("$", "Expected `object`, got `array`"))
    assert chains.inputs(read) == Success(ChainInputs("?"))


# ------------------------------------------------------------------------------------------------------------ emails


def email(organization: OrganizationId, inbox: InboxConnectionId, number: int, subject: str = "Hello") -> New[Email]:
    return NewEmail(
        organization_id=organization,
        inbox_connection_id=inbox,
        provider_message_id=ProviderMessageId(f"m{number}"),
        provider_thread_id=ProviderThreadId("t"),
        subject=subject,
        sender=EmailAddress("ada@example.org", "Ada"),
        metadata=EmailMetadata(to=[EmailAddress("grace@example.org")], labels=["inbox"]),
        body=f"Body {number}",
        sent_at=NOON + number * SECOND,
    )


def test_emails_are_stored_once_and_read_without_bodies(tx: Tx) -> None:
    acme, inbox = (of := make.organization(tx)).organization_id, make.inbox(tx, of, make.user(tx))
    made = unwrap(emails.store(tx, [email(acme, inbox, number) for number in range(3)]))
    again = unwrap(emails.store(tx, [email(acme, inbox, 1, "Changed")]))
    assert (again[0].email_id, again[0].subject) == (made[1].email_id, "Changed")
    newest = unwrap(emails.of_organization(tx, acme, limit=2))
    assert newest == [made[2], again[0]]
    assert emails.of_organization(tx, acme, before=newest[-1].sent_at) == Success([made[0]])
    assert emails.of_thread(tx, inbox, ProviderThreadId("t")) == Success([made[0], again[0], made[2]])
    assert emails.body(tx, made[0].email_id) == Success("Body 0")
    assert "Body" not in repr(newest)


@given(to=st.lists(st.text("ab@.ü", min_size=1, max_size=5), max_size=3), labels=st.lists(text, max_size=3))
def test_metadata_of_before(archetype: Database, to: list[str], labels: list[str]) -> None:
    with archetype.transaction(rollback=True) as tx:
        of = make.organization(tx)
        unwrap(emails.store(tx, [email(of.organization_id, make.inbox(tx, of, make.user(tx)), 1)]))
        old = msgspec.json.encode(EmailMetadataV1(" , ".join(to), labels)).decode()
        unwrap(tx.execute(sql("UPDATE builder.email SET metadata = {old}::text::jsonb", old=old).command()))
        (read,) = unwrap(emails.of_organization(tx, of.organization_id))
        assert read.metadata == EmailMetadata(to=[EmailAddress(each) for each in to], labels=labels)


def test_metadata_of_no_known_shape_are_kept(tx: Tx) -> None:
    of = make.organization(tx)
    inbox = make.inbox(tx, of, make.user(tx))
    unwrap(emails.store(tx, [email(of.organization_id, inbox, number) for number in range(2)]))
    unwrap(
        tx.execute(
            sql("""UPDATE builder.email SET metadata = '{{"to": [1]}}' WHERE provider_message_id = 'm0'""").command()
        )
    )
    good, bad = unwrap(emails.of_organization(tx, of.organization_id))
    assert isinstance(good.metadata, EmailMetadata)
    assert isinstance(bad.metadata, Undecodable)
    assert (bad.metadata.raw, "$.to[0]" in bad.metadata.reason) == (b'{"to": [1]}', True)


@pytest.mark.parametrize("step", ['{"do": "delete"}', '{"do": "webhook", "url": "https://x"}'])
def test_an_action_of_before_has_one_step(tx: Tx, step: str) -> None:
    acme = make.organization(tx).organization_id
    new = NewAction(
        organization_id=acme,
        version_number=1,
        kind="delete",
        api_name="drop",
        name="Drop",
        definition=ActionDefinition([DeleteEntity()]),
    )
    unwrap(tx.execute(insert(new)))
    old = f'{{"step": {step}}}'
    unwrap(tx.execute(sql("UPDATE builder.data_model_action SET definition = {old}::text::jsonb", old=old).command()))
    wanted = msgspec.json.decode(old, type=ActionDefinitionV1).step
    assert unwrap(tx.one(select(Action))).definition == ActionDefinition([wanted])


# ------------------------------------------------------------------------------------------------------------ queues


def notices(tx: Tx, count: int) -> None:
    of = make.organization(tx)
    inbox = make.inbox(tx, of, make.user(tx))
    for number in range(count):
        new = NewGmailQueueItem(
            inbox_connection_id=inbox,
            history_id=GmailHistoryId(f"{number}"),
            notice=GmailNotice([ProviderMessageId("m")]),
            run_after=NOON + number * SECOND,
        )
        unwrap(tx.execute(insert(new)))


def test_notices_are_claimed_once_and_in_order(tx: Tx) -> None:
    notices(tx, 2)
    first, second = unwrap(emails.claim_notice(tx)), unwrap(emails.claim_notice(tx))
    assert first is not None
    assert second is not None
    assert (first.history_id, second.history_id) == (GmailHistoryId("0"), GmailHistoryId("1"))
    assert (first.status, first.attempts) == (JobStatus.RUNNING, 1)
    assert emails.claim_notice(tx) == Success(None)
    assert unwrap(emails.complete_notice(tx, first.gmail_queue_item_id)).status == JobStatus.SUCCEEDED
    assert isinstance(emails.complete_notice(tx, first.gmail_queue_item_id).failure(), NotFound)


def test_a_notice_that_fails_waits_and_then_has_failed(tx: Tx) -> None:
    notices(tx, 1)
    error = WorkError("gone", "no mailbox")
    for attempt in range(email_queries.ATTEMPTS):
        item = unwrap(emails.claim_notice(tx))
        assert item is not None
        failed = unwrap(emails.fail_notice(tx, item.gmail_queue_item_id, error))
        last = attempt + 1 == email_queries.ATTEMPTS
        assert (failed.status, failed.error) == (JobStatus.FAILED if last else JobStatus.PENDING, error)
        assert emails.claim_notice(tx) == Success(None)
        unwrap(tx.execute(update(GmailQueueItem).set(GmailQueueItem.run_after.to(NOON)).all_rows()))
    assert emails.claim_notice(tx) == Success(None)
    assert unwrap(tx.one(select(GmailQueueItem.attempts))) == email_queries.ATTEMPTS


def test_an_event_is_billed_once(tx: Tx) -> None:
    acme = make.organization(tx).organization_id
    event = TokensUsed(ChainRunId("c"), "m", 10, 20)
    queued = unwrap(billing.enqueue(tx, acme, "run-c", event))
    assert queued is not None
    assert queued.event == event
    assert billing.enqueue(tx, acme, "run-c", ActionsRun(ActionLogId("l"))) == Success(None)
    claimed = unwrap(billing.claim(tx))
    assert claimed is not None
    assert (claimed.billing_event_id, billing.claim(tx)) == (queued.billing_event_id, Success(None))
    assert unwrap(billing.complete(tx, claimed.billing_event_id)).done_at is not None
    assert isinstance(billing.complete(tx, claimed.billing_event_id).failure(), NotFound)


def test_usage_adds_up(tx: Tx) -> None:
    acme = make.organization(tx).organization_id
    for quantity in ("1.5", "2.25"):
        usage = NewUsageMetrics(
            organization_id=acme,
            metric="ai_tokens",
            period_start=dt.date(2025, 5, 1),
            period_end=dt.date(2025, 6, 1),
            quantity=Decimal(quantity),
        )
        unwrap(billing.add_usage(tx, usage))
    assert [each.quantity for each in unwrap(billing.usage_of(tx, acme, dt.date(2025, 1, 1)))] == [Decimal("3.75")]
    assert billing.usage_of(tx, acme, dt.date(2025, 5, 2)) == Success([])


def test_what_an_organization_is_subscribed_to(tx: Tx) -> None:
    acme = make.organization(tx).organization_id
    assert billing.live_subscription(tx, acme) == Success(None)
    customer = NewCustomer(
        organization_id=acme, stripe_customer_id=StripeCustomerId("cus_1"), name="Acme", email="pay@acme.example"
    )
    made = unwrap(tx.one(insert(customer).returning()))
    for status in ("canceled", "active"):
        subscription = NewOrganizationSubscription(
            customer_id=made.customer_id,
            plan="team",
            status="canceled" if status == "canceled" else "active",
            current_period_start=NOON,
            current_period_end=NOON + dt.timedelta(days=30),
        )
        unwrap(tx.execute(insert(subscription)))
    live = unwrap(billing.live_subscription(tx, acme))
    assert live is not None
    assert live.status == "active"


# -------------------------------------------------------------------------------------------------------- workspaces


def test_a_workspace_is_published_with_what_is_in_it(tx: Tx) -> None:
    acme = make.organization(tx).organization_id
    draft = unwrap(workspaces.create(tx, NewWorkspaceVersion(organization_id=acme, version_number=1)))
    entity_type = unwrap(tx.one(insert(NewEntityType(organization_id=acme, api_name="deal")).returning()))
    version = NewEntityTypeVersion(
        entity_type_id=entity_type.entity_type_id, version_number=1, name="Deal", plural_name="Deals"
    )
    deal = unwrap(tx.one(insert(version).returning()))
    action = NewAction(
        organization_id=acme,
        version_number=1,
        kind="delete",
        api_name="drop",
        name="Drop",
        definition=ActionDefinition([DeleteEntity()]),
    )
    drop = unwrap(tx.one(insert(action).returning()))
    one = draft.workspace_version_id
    in_it = NewWorkspaceVersionEntityTypeVersion(
        workspace_version_id=one, entity_type_version_id=deal.entity_type_version_id
    )
    unwrap(tx.execute(insert(in_it)))
    also = NewWorkspaceVersionActionVersion(workspace_version_id=one, action_version_id=drop.action_version_id)
    unwrap(tx.execute(insert(also)))
    moved = unwrap(workspaces.publish(tx, acme, one))
    assert (moved.name, moved.workspace_version_id) == ("main", one)
    published = unwrap(workspaces.under(tx, acme))
    assert (published.status, published.published_at is None) == (VersionStatus.PUBLISHED, False)
    found = unwrap(workspaces.contents(tx, one))
    assert (found.version, found.entity_types, found.relations, found.actions) == (published, [deal], [], [drop])
    assert isinstance(workspaces.publish(tx, acme, one).failure(), NotFound)


def test_a_version_of_another_organization_is_not_published(tx: Tx) -> None:
    acme, other = make.organization(tx), make.organization(tx, "other")
    draft = unwrap(workspaces.create(tx, NewWorkspaceVersion(organization_id=acme.organization_id, version_number=1)))
    refused = workspaces.publish(tx, other.organization_id, draft.workspace_version_id)
    assert refused == Failure(NotFound("workspace_version"))
    assert isinstance(workspaces.under(tx, other.organization_id).failure(), NotFound)
    assert workspaces.by_id(tx, draft.workspace_version_id) == Success(draft)
    assert isinstance(workspaces.by_id(tx, WorkspaceVersionId("none")).failure(), NotFound)
