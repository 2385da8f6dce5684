"""Who changed what, and when: which columns, and never what was in them."""

import datetime as dt
from uuid import UUID

from pivotal.documents import Metadata
from pivotal.guards import no_money
from pivotal.ids import AuditLogId, OrganizationId, UserId
from pivotal.labels import AuditAction
from qb import Col, Table, column, fn, foreign_key, identity, index, new, pg, references, set_null
from tables.pivotal.organizations import Organization, User


class AuditLog(Table, name="audit_logs"):
    """A change of a row of any table: written once."""

    id: Col[AuditLogId] = column(pg.bigint, primary_key=True, generated=identity())
    organization_id: Col[OrganizationId] = column(pg.uuid, references=references(Organization.id, on_delete="cascade"))
    user_id: Col[UserId | None] = column(pg.uuid, default=None)
    action: Col[AuditAction] = column(pg.enum("audit_action", AuditAction))
    table_name: Col[str] = column(pg.varchar(63))
    row_id: Col[UUID] = column(pg.uuid, comment="the key of a row of any table, and so of none in particular")
    columns: Col[list[str]] = column(pg.array(pg.text), default=[])
    metadata: Col[Metadata] = column(pg.jsonb, default=Metadata(), guard=no_money)
    at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now())


NewAuditLog = new(AuditLog)

by_user = foreign_key(
    (AuditLog.organization_id, AuditLog.user_id),
    references=(User.organization_id, User.id),
    on_delete=set_null(AuditLog.user_id),
    name="audit_logs_user_fkey",
)
of_user = index("audit_logs_user_idx", AuditLog.organization_id, AuditLog.user_id)
latest = index("audit_logs_organization_id_idx", AuditLog.organization_id, AuditLog.at.desc())
of_row = index("audit_logs_row_idx", AuditLog.table_name, AuditLog.row_id)
