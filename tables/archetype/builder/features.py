"""Features that are suggested to an organization, and applied to its model."""

import datetime as dt

from archetype.documents.work import Addition, Made, SuggestionInputs, WorkError
from archetype.ids import (
    ChainRunId,
    FeatureApplicationRunId,
    FeatureId,
    FeatureSuggestionsRunId,
    OrganizationId,
    UserId,
    WorkspaceVersionId,
)
from archetype.labels import FeatureStatus, JobStatus
from qb import Col, check, column, fn, new, patch, pg, references
from tables.archetype.auth.inboxes import job_status
from tables.archetype.auth.organizations import Organization, User
from tables.archetype.builder.runs import ChainRun
from tables.archetype.builder.workspaces import WorkspaceVersion
from tables.archetype.shared import Created, Timestamped, fresh


class FeatureSuggestionsRun(Timestamped, name="feature_suggestions_run", schema="builder"):
    """One go at suggesting features."""

    feature_suggestions_run_id: Col[FeatureSuggestionsRunId] = column(
        pg.varchar, primary_key=True, default=fresh(FeatureSuggestionsRunId)
    )
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade"), index=True
    )
    chain_run_id: Col[ChainRunId | None] = column(
        pg.varchar, references=references(ChainRun.chain_run_id, on_delete="set null"), default=None, index=True
    )
    inputs: Col[SuggestionInputs] = column(pg.jsonb, default=SuggestionInputs())
    status: Col[JobStatus] = column(job_status, default=JobStatus.PENDING)
    error: Col[WorkError | None] = column(pg.jsonb, default=None)


class Feature(Timestamped, name="features", schema="builder"):
    """Something that the model of an organization could have."""

    feature_id: Col[FeatureId] = column(pg.varchar, primary_key=True, default=fresh(FeatureId))
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade"), index=True
    )
    feature_suggestions_run_id: Col[FeatureSuggestionsRunId | None] = column(
        pg.varchar,
        references=references(FeatureSuggestionsRun.feature_suggestions_run_id, on_delete="set null"),
        default=None,
        index=True,
    )
    title: Col[str] = column(pg.varchar(200), check=lambda title: fn.length(fn.trim(title)) > 0)
    description: Col[str] = column(pg.text, default="")
    additions: Col[list[Addition]] = column(pg.jsonb, default=[])
    score: Col[float | None] = column(pg.double_precision, default=None, check=lambda score: score.between(0.0, 1.0))
    status: Col[FeatureStatus] = column(pg.text, default="suggested")


class FeatureApplicationRun(Timestamped, name="feature_application_run", schema="builder"):
    """One go at applying some features to a draft of the workspace."""

    feature_application_run_id: Col[FeatureApplicationRunId] = column(
        pg.varchar, primary_key=True, default=fresh(FeatureApplicationRunId)
    )
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade"), index=True
    )
    workspace_version_id: Col[WorkspaceVersionId | None] = column(
        pg.varchar,
        references=references(WorkspaceVersion.workspace_version_id, on_delete="set null"),
        default=None,
        index=True,
    )
    started_by_user_id: Col[UserId | None] = column(
        pg.varchar, references=references(User.user_id, on_delete="set null"), default=None, index=True
    )
    status: Col[JobStatus] = column(job_status, default=JobStatus.PENDING)
    error: Col[WorkError | None] = column(pg.jsonb, default=None)
    started_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)
    finished_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


class FeatureApplicationRunFeature(Created, name="feature_application_run_features", schema="builder"):
    """What one of its features has made."""

    feature_application_run_id: Col[FeatureApplicationRunId] = column(
        pg.varchar,
        primary_key=True,
        references=references(FeatureApplicationRun.feature_application_run_id, on_delete="cascade"),
    )
    feature_id: Col[FeatureId] = column(
        pg.varchar, primary_key=True, references=references(Feature.feature_id, on_delete="cascade"), index=True
    )
    made: Col[Made] = column(pg.jsonb, default=Made())


NewFeatureSuggestionsRun = new(FeatureSuggestionsRun)
NewFeature = new(Feature)
FeatureChanges = patch(Feature)
NewFeatureApplicationRun = new(FeatureApplicationRun)
NewFeatureApplicationRunFeature = new(FeatureApplicationRunFeature)

applied_in_time = check(
    "feature_application_run_times_check", FeatureApplicationRun.finished_at >= FeatureApplicationRun.started_at
)
