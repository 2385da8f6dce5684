"""How organizations begin: what they were asked, and what the assistant, Athena, made of it."""

import datetime as dt

from archetype.documents.work import AthenaState, OnboardingAnswer
from archetype.ids import OnboardingSessionId, OrganizationId, UserId
from archetype.labels import OnboardingStep
from qb import Col, check, column, index, new, pg, references
from tables.archetype.auth.organizations import Organization, User
from tables.archetype.shared import Timestamped, fresh


class OnboardingSession(Timestamped, name="onboarding_session", schema="builder"):
    """The answers of somebody who begins; the organization may still be to come."""

    onboarding_session_id: Col[OnboardingSessionId] = column(
        pg.varchar, primary_key=True, default=fresh(OnboardingSessionId)
    )
    user_id: Col[UserId] = column(pg.varchar, references=references(User.user_id, on_delete="cascade"))
    organization_id: Col[OrganizationId | None] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade"), default=None, index=True
    )
    step: Col[OnboardingStep] = column(pg.text, default="company")
    answers: Col[list[OnboardingAnswer]] = column(pg.jsonb, default=[])
    completed_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


class AthenaOnboardingState(Timestamped, name="athena_onboarding_state", schema="builder"):
    """What Athena knows of an organization so far."""

    organization_id: Col[OrganizationId] = column(
        pg.varchar, primary_key=True, references=references(Organization.organization_id, on_delete="cascade")
    )
    onboarding_session_id: Col[OnboardingSessionId | None] = column(
        pg.varchar,
        references=references(OnboardingSession.onboarding_session_id, on_delete="set null"),
        default=None,
        index=True,
    )
    state: Col[AthenaState] = column(pg.jsonb, default=AthenaState())


NewOnboardingSession = new(OnboardingSession)
NewAthenaOnboardingState = new(AthenaOnboardingState)

sessions_of_a_user = index("onboarding_session_user_id_idx", OnboardingSession.user_id)
done_when_it_says = check(
    "onboarding_session_completed_check",
    (OnboardingSession.step == "done") == OnboardingSession.completed_at.is_not_null(),
)
