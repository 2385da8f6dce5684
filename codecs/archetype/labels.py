"""The sets of labels. A Literal is stored as text under a check, an Enum as a PostgreSQL enum.

What the product may add to next week is text, as one check is easily replaced; what hardly ever changes is an enum.
"""

from enum import StrEnum
from typing import Literal, TypeAlias


class OrganizationRole(StrEnum):
    """What a member may do in an organization, from all to next to nothing."""

    OWNER = "owner"
    ADMIN = "admin"
    BUILDER = "builder"
    MEMBER = "member"
    VIEWER = "viewer"


class JobStatus(StrEnum):
    """Where a piece of work is: waiting, being done, then one of three ends."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class VersionStatus(StrEnum):
    """A version is worked on, then used, then kept for the record."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Cardinality(StrEnum):
    """How many of one entity type belong to how many of another."""

    ONE_TO_ONE = "one_to_one"
    ONE_TO_MANY = "one_to_many"
    MANY_TO_MANY = "many_to_many"


OrganizationStatus: TypeAlias = Literal["active", "suspended", "closed"]
InboxProvider: TypeAlias = Literal["gmail", "outlook"]
InboxStatus: TypeAlias = Literal["connected", "expired", "revoked"]
SyncKind: TypeAlias = Literal["full", "incremental"]

Plan: TypeAlias = Literal["free", "team", "business", "enterprise"]
SubscriptionStatus: TypeAlias = Literal["trialing", "active", "past_due", "unpaid", "canceled"]
InvoiceStatus: TypeAlias = Literal["draft", "open", "paid", "void", "uncollectible"]
Currency: TypeAlias = Literal["eur", "gbp", "usd"]
UsageMetric: TypeAlias = Literal["action_runs", "ai_tokens", "emails_processed", "entities_enriched", "storage_bytes"]

ActionKind: TypeAlias = Literal["create", "update", "delete", "webhook", "workflow"]
OnDelete: TypeAlias = Literal["cascade", "restrict", "detach"]
Effect: TypeAlias = Literal["allow", "deny"]
Operation: TypeAlias = Literal["read", "create", "update", "delete", "run"]
Severity: TypeAlias = Literal["error", "warning"]
ViewKind: TypeAlias = Literal["table", "board", "calendar", "timeline"]
ActionOutcome: TypeAlias = Literal["success", "refused", "error"]
ActionSource: TypeAlias = Literal["user", "automation", "email", "api"]
ResultType: TypeAlias = Literal["success", "error"]
CrmProvider: TypeAlias = Literal["hubspot", "salesforce", "pipedrive"]
ExtractionStatus: TypeAlias = Literal["proposed", "accepted", "rejected"]
DraftStatus: TypeAlias = Literal["open", "submitted", "discarded"]
EmailDirection: TypeAlias = Literal["inbound", "outbound"]
EmailStage: TypeAlias = Literal["classify", "extract", "link"]
OnboardingStep: TypeAlias = Literal["company", "goals", "model", "data", "invite", "done"]
FeatureStatus: TypeAlias = Literal["suggested", "accepted", "applied", "rejected"]

PostStatus: TypeAlias = Literal["draft", "scheduled", "published"]
GenerationStatus: TypeAlias = Literal["queued", "generating", "ready", "failed"]
