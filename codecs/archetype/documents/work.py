"""Documents of what happens: logs, edits, automations, chains, emails, drafts, onboarding, features."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Raw, Struct

from archetype.documents.conditions import Condition, Scalar
from archetype.ids import (
    ActionDraftId,
    ActionId,
    ActionInputId,
    AutomationRuleId,
    ColumnId,
    EntityId,
    EntityTypeId,
    ExternalRecordId,
    OrganizationUserId,
    ProviderMessageId,
    RelationId,
    StateId,
    UserId,
)

Count = Annotated[int, Meta(ge=0)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Share = Annotated[float, Meta(ge=0, le=1)]
Moment = Annotated[dt.datetime, Meta(tz=True)]

# ------------------------------------------------------------------------------------------------- logs and edits


class Change(Struct, frozen=True, gc=False):
    """What an action changed of an entity."""

    entity_id: EntityId
    column_id: ColumnId
    before: Scalar = None
    after: Scalar = None


class Edited(Struct, frozen=True, gc=False, tag_field="kind", tag="edited"):
    """Which columns of a row were changed, as they were and as they became. A trigger writes it."""

    before: dict[str, object]
    after: dict[str, object]


class Removed(Struct, frozen=True, gc=False, tag_field="kind", tag="removed"):
    """A row that is gone, as it was. A trigger writes it."""

    before: dict[str, object]


Edit: TypeAlias = Edited | Removed
"""A tagged union: the field `kind` of the document says which."""


class WorkError(Struct, frozen=True, gc=False, omit_defaults=True):
    """What went wrong with a piece of work."""

    code: Name
    message: str
    retryable: bool = False


# ---------------------------------------------------------------------------------------------------- automations


class EntityChanged(Struct, frozen=True, gc=False, tag_field="on", tag="entity_changed"):
    """An entity was made or changed; with columns, one of them was."""

    entity_type_id: EntityTypeId
    columns: list[ColumnId] = []


class StateEntered(Struct, frozen=True, gc=False, tag_field="on", tag="state_entered"):
    """An entity came into a state."""

    state_id: StateId


class EmailArrived(Struct, frozen=True, gc=False, tag_field="on", tag="email_arrived"):
    """An email came that is about an entity type."""

    entity_type_id: EntityTypeId


class Scheduled(Struct, frozen=True, gc=False, tag_field="on", tag="scheduled"):
    """At some times, as cron writes them."""

    cron: Name
    time_zone: str = "UTC"


Trigger: TypeAlias = EntityChanged | StateEntered | EmailArrived | Scheduled
"""A tagged union: the field `on` of the document says which."""


class AutomationPlan(Struct, frozen=True, gc=False):
    """What an automation does, and when not."""

    actions: list[ActionId]
    only_if: Condition | None = None
    at_most_once_per_entity: bool = False


class AutomationStep(Struct, frozen=True, gc=False):
    """How one of its actions ended."""

    action_id: ActionId
    outcome: Literal["success", "skipped", "error"]
    error: WorkError | None = None


# ---------------------------------------------------------------------------------------------------------- chains


class ChainInputs(Struct, frozen=True, gc=False):
    """What a chain of prompts was given: the part that every chain has. `context` is the chain's own."""

    prompt: str
    entity_type_id: EntityTypeId | None = None
    context: dict[str, object] = {}


class ChainUsage(Struct, frozen=True, gc=False):
    """What a run cost, in tokens."""

    model: Name
    input_tokens: Count
    output_tokens: Count


class ChainSuccess(Struct, frozen=True, gc=False):
    """The result of a run whose `result_type` is success; `output` is the chain's own, and decoded by who knows it."""

    output: Raw
    usage: list[ChainUsage] = []


class ChainError(Struct, frozen=True, gc=False):
    """The result of a run whose `result_type` is error."""

    message: str
    code: str = "unknown"
    step: str | None = None


# ---------------------------------------------------------------------------------------------------------- emails


class EmailAddress(Struct, frozen=True, gc=False, omit_defaults=True):
    """Somebody's address, with the name beside it."""

    address: Name
    name: str | None = None


class Attachment(Struct, frozen=True, gc=False):
    """A file that came along."""

    name: Name
    media_type: str
    bytes: Count
    provider_message_id: ProviderMessageId | None = None


class EmailMetadataV1(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Metadata as they were when recipients were one text."""

    to: str
    labels: list[str] = []


class EmailMetadata(Struct, frozen=True, gc=False, kw_only=True):
    """What goes with an email beside its text."""

    to: list[EmailAddress]
    cc: list[EmailAddress] = []
    reply_to: EmailAddress | None = None
    labels: list[str] = []
    headers: dict[str, str] = {}
    attachments: list[Attachment] = []
    version: Literal[2] = 2


def email_metadata_of_v1(old: EmailMetadataV1) -> EmailMetadata:
    """Today's metadata of those of before, whose addresses stood between commas."""
    addresses = (each.strip() for each in old.to.split(","))
    return EmailMetadata(to=[EmailAddress(each[:200]) for each in addresses if each], labels=old.labels)


class Classified(Struct, frozen=True, gc=False, tag_field="stage", tag="classify"):
    """Which entity types an email is about, and how sure that is."""

    entity_types: dict[EntityTypeId, Share]


class Extracted(Struct, frozen=True, gc=False, tag_field="stage", tag="extract"):
    """How many inputs of which action were found in it."""

    action_id: ActionId
    inputs: Count


class Linked(Struct, frozen=True, gc=False, tag_field="stage", tag="link"):
    """Which entities it belongs to."""

    entities: list[EntityId]


EmailFinding: TypeAlias = Classified | Extracted | Linked
"""A tagged union: the field `stage` of the document says which."""


class ExtractedValue(Struct, frozen=True, gc=False):
    """An input that a model found in an email, and where."""

    value: Scalar
    confidence: Share
    quote: str | None = None


class GmailNotice(Struct, frozen=True, gc=False):
    """Which messages of a mailbox are to be looked at."""

    messages: list[ProviderMessageId]
    labels_changed: bool = False


# --------------------------------------------------------------------------------------------- drafts and comments


class Mention(Struct, frozen=True, gc=False):
    """Somebody who is named in a comment, and where."""

    organization_user_id: OrganizationUserId
    start: Count
    end: Count


class Enrichment(Struct, frozen=True, gc=False):
    """What was found out about an entity, by column."""

    values: dict[ColumnId, ExtractedValue]
    sources: list[str] = []


class DraftInputs(Struct, frozen=True, gc=False):
    """What a user has filled in so far."""

    values: dict[ActionInputId, Scalar] = {}
    entities: dict[ActionInputId, EntityId] = {}


# ------------------------------------------------------------------------------------------ onboarding and features


class CompanyAnswer(Struct, frozen=True, gc=False, tag_field="step", tag="company"):
    """Who they are."""

    name: Name
    website: str | None = None
    people: Count | None = None


class GoalsAnswer(Struct, frozen=True, gc=False, tag_field="step", tag="goals"):
    """What they want to do."""

    goals: list[str]


class DataAnswer(Struct, frozen=True, gc=False, tag_field="step", tag="data"):
    """Where their data is today."""

    source: Literal["spreadsheet", "crm", "database", "none"]


class InviteAnswer(Struct, frozen=True, gc=False, tag_field="step", tag="invite"):
    """Who else is to come."""

    emails: list[str]


OnboardingAnswer: TypeAlias = CompanyAnswer | GoalsAnswer | DataAnswer | InviteAnswer
"""A tagged union: the field `step` of the document says which."""


class AthenaMessage(Struct, frozen=True, gc=False):
    """What was said between a user and the assistant."""

    role: Literal["user", "assistant"]
    text: str
    at: Moment


class AthenaState(Struct, frozen=True, gc=False):
    """Where the assistant is with an organization."""

    messages: list[AthenaMessage] = []
    proposed_entity_types: list[str] = []
    asked: list[str] = []


class AddEntityType(Struct, frozen=True, gc=False, tag_field="adds", tag="entity_type"):
    """A feature brings an entity type."""

    name: Name
    columns: list[Name] = []


class AddRelation(Struct, frozen=True, gc=False, tag_field="adds", tag="relation"):
    """A feature brings a relation."""

    from_name: Name
    to_name: Name


class AddAutomation(Struct, frozen=True, gc=False, tag_field="adds", tag="automation"):
    """A feature brings an automation."""

    name: Name
    trigger: Trigger


Addition: TypeAlias = AddEntityType | AddRelation | AddAutomation
"""A tagged union: the field `adds` of the document says which."""


class Made(Struct, frozen=True, gc=False):
    """What applying a feature has made."""

    entity_types: list[EntityTypeId] = []
    relations: list[RelationId] = []
    automations: list[AutomationRuleId] = []


class SuggestionInputs(Struct, frozen=True, gc=False):
    """What suggestions were made of."""

    industry: str | None = None
    goals: list[str] = []
    asked_by: UserId | None = None
    draft: ActionDraftId | None = None


# ------------------------------------------------------------------------------------------------ CRMs and fake data


class CrmRecord(Struct, frozen=True, gc=False):
    """The part of a CRM's record that every CRM has; the rest of the document is kept."""

    id: ExternalRecordId
    properties: dict[str, object] = {}
    updated_at: Moment | None = None


class FakePointer(Struct, frozen=True, gc=False):
    """Where generating example entities goes on."""

    offset: Count = 0
    seed: int = 0
    done: bool = False
