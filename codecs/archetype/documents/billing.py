"""Documents of customers, subscriptions and what they are charged for. Amounts are whole cents."""

import datetime as dt
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from archetype.ids import ActionLogId, ChainRunId, OrganizationUserId

Count = Annotated[int, Meta(ge=0)]
Cents = Annotated[int, Meta(ge=-(10**15), le=10**15)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Country = Annotated[str, Meta(min_length=2, max_length=2)]


class BillingAddress(Struct, frozen=True, gc=False, omit_defaults=True):
    """Where invoices go."""

    name: Name
    line1: str
    city: str
    country: Country
    line2: str | None = None
    postal_code: str | None = None
    state: str | None = None


class TaxNumber(Struct, frozen=True, gc=False):
    """A number that a tax office gave out."""

    kind: Literal["eu_vat", "gb_vat", "us_ein", "other"]
    value: Name


class PlanLimits(Struct, frozen=True, gc=False):
    """What a subscription includes; None is without limit."""

    members: Count | None = None
    entity_types: Count | None = None
    action_runs: Count | None = None
    ai_tokens: Count | None = None


class InvoiceLine(Struct, frozen=True, gc=False):
    """What is charged."""

    description: Name
    quantity: Count
    unit_cents: Cents
    cents: Cents


# -------------------------------------------------------------------------------------------------- what is metered


class ActionsRun(Struct, frozen=True, gc=False, tag_field="kind", tag="actions_run"):
    """An action ran."""

    action_log_id: ActionLogId
    count: Count = 1


class TokensUsed(Struct, frozen=True, gc=False, tag_field="kind", tag="tokens_used"):
    """A chain asked a model."""

    chain_run_id: ChainRunId
    model: Name
    input_tokens: Count
    output_tokens: Count


class SeatChanged(Struct, frozen=True, gc=False, tag_field="kind", tag="seat_changed"):
    """Somebody joined, or left."""

    organization_user_id: OrganizationUserId
    seats: Count


class StorageMeasured(Struct, frozen=True, gc=False, tag_field="kind", tag="storage_measured"):
    """How much an organization's database holds."""

    bytes: Count
    measured_at: Annotated[dt.datetime, Meta(tz=True)]


BillingEvent: TypeAlias = ActionsRun | TokensUsed | SeatChanged | StorageMeasured
"""A tagged union: the field `kind` of the document says which."""
