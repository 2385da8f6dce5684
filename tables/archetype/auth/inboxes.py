"""Inboxes that users connect, and the jobs that fetch what is in them."""

import datetime as dt

from archetype.documents.auth import InboxWatch, JobError, SyncProgress
from archetype.ids import InboxConnectionId, InboxConnectionSyncJobId, OrganizationId, UserId
from archetype.labels import InboxProvider, InboxStatus, JobStatus, SyncKind
from qb import Col, Hidden, check, column, index, new, pg, references, unique
from tables.archetype.auth.organizations import Organization, User
from tables.archetype.shared import Timestamped, fresh

job_status = pg.enum("job_status", JobStatus, schema="public")


class InboxConnection(Timestamped, name="inbox_connection", schema="auth"):
    """An inbox, and the leave to read it. The token is encrypted, and read by who asks for it alone."""

    inbox_connection_id: Col[InboxConnectionId] = column(pg.varchar, primary_key=True, default=fresh(InboxConnectionId))
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade")
    )
    user_id: Col[UserId] = column(pg.varchar, references=references(User.user_id, on_delete="cascade"), index=True)
    provider: Col[InboxProvider] = column(pg.text)
    email_address: Col[str] = column(pg.varchar(320))
    encrypted_refresh_token: Hidden[bytes | None] = column(pg.bytea, default=None)
    scopes: Col[list[str]] = column(pg.array(pg.text), default=[])
    status: Col[InboxStatus] = column(pg.text, default="connected")
    watch: Col[InboxWatch | None] = column(pg.jsonb, default=None)
    last_synced_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


class InboxConnectionSyncJob(Timestamped, name="inbox_connection_sync_job", schema="auth"):
    """One go at fetching. Of an inbox one runs at a time."""

    inbox_connection_sync_job_id: Col[InboxConnectionSyncJobId] = column(
        pg.varchar, primary_key=True, default=fresh(InboxConnectionSyncJobId)
    )
    inbox_connection_id: Col[InboxConnectionId] = column(
        pg.varchar, references=references(InboxConnection.inbox_connection_id, on_delete="cascade"), index=True
    )
    kind: Col[SyncKind] = column(pg.text, default="incremental")
    status: Col[JobStatus] = column(job_status, default=JobStatus.PENDING)
    progress: Col[SyncProgress] = column(pg.jsonb, default=SyncProgress())
    error: Col[JobError | None] = column(pg.jsonb, default=None)
    attempts: Col[int] = column(pg.integer, default=0, check=lambda attempts: attempts >= 0)
    started_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)
    finished_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


NewInboxConnection = new(InboxConnection)
NewInboxConnectionSyncJob = new(InboxConnectionSyncJob)

inbox_once = unique(
    InboxConnection.organization_id,
    InboxConnection.provider,
    InboxConnection.email_address,
    name="inbox_connection_organization_id_provider_email_address_key",
)
one_job_at_a_time = index(
    "inbox_connection_sync_job_running_key",
    InboxConnectionSyncJob.inbox_connection_id,
    unique=True,
    where=InboxConnectionSyncJob.status == JobStatus.RUNNING,
)
finished_after_it_began = check(
    "inbox_connection_sync_job_times_check", InboxConnectionSyncJob.finished_at >= InboxConnectionSyncJob.started_at
)
