"""What was done: the log of actions, automations and what they did, chains of prompts and their results."""

import datetime as dt

import msgspec

from archetype.documents.work import AutomationPlan, AutomationStep, Change, Trigger, WorkError
from archetype.ids import (
    ActionId,
    ActionLogId,
    ActionVersionId,
    AutomationExecutionId,
    AutomationRuleId,
    ChainRunId,
    EntityId,
    EntityTypeId,
    OrganizationId,
    UserId,
)
from archetype.labels import ActionOutcome, ActionSource, JobStatus, ResultType
from qb import Col, check, column, fn, index, new, patch, pg, references, sql, trigger, trigger_function
from tables.archetype.auth.inboxes import job_status
from tables.archetype.auth.organizations import Organization, User
from tables.archetype.builder.actions import Action
from tables.archetype.builder.entity_types import EntityType
from tables.archetype.shared import Created, Timestamped, fresh


class ActionLog(Created, name="action_log", schema="builder"):
    """That an action was run: written once, never changed. The key is found by its time, too."""

    action_log_id: Col[ActionLogId] = column(pg.varchar, primary_key=True, default=fresh(ActionLogId))
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade")
    )
    action_id: Col[ActionId] = column(pg.varchar)
    action_version_id: Col[ActionVersionId] = column(
        pg.varchar, references=references(Action.action_version_id, on_delete="cascade"), index=True
    )
    entity_id: Col[EntityId | None] = column(pg.varchar, default=None)
    performed_by_user_id: Col[UserId | None] = column(pg.varchar, default=None)
    source: Col[ActionSource] = column(pg.text, default="user")
    inputs: Col[msgspec.Raw] = column(pg.jsonb, comment="by the ids of the action's inputs, as they were given")
    changes: Col[list[Change]] = column(pg.jsonb, default=[])
    outcome: Col[ActionOutcome] = column(pg.text)
    error: Col[WorkError | None] = column(pg.jsonb, default=None)
    duration_ms: Col[int] = column(pg.integer, default=0, check=lambda duration: duration >= 0)


class AutomationRule(Timestamped, name="automation_rule", schema="builder"):
    """When something happens, do something."""

    automation_rule_id: Col[AutomationRuleId] = column(pg.varchar, primary_key=True, default=fresh(AutomationRuleId))
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade"), index=True
    )
    entity_type_id: Col[EntityTypeId | None] = column(
        pg.varchar, references=references(EntityType.entity_type_id, on_delete="cascade"), default=None, index=True
    )
    name: Col[str] = column(pg.varchar(200), check=lambda name: fn.length(fn.trim(name)) > 0)
    trigger: Col[Trigger] = column(pg.jsonb)
    plan: Col[AutomationPlan] = column(pg.jsonb)
    enabled: Col[bool] = column(pg.boolean, default=True)
    created_by_user_id: Col[UserId | None] = column(
        pg.varchar, references=references(User.user_id, on_delete="set null"), default=None, index=True
    )


class AutomationExecution(Timestamped, name="automation_execution", schema="builder"):
    """That it happened, and what was done."""

    automation_execution_id: Col[AutomationExecutionId] = column(
        pg.varchar, primary_key=True, default=fresh(AutomationExecutionId)
    )
    automation_rule_id: Col[AutomationRuleId] = column(
        pg.varchar, references=references(AutomationRule.automation_rule_id, on_delete="cascade")
    )
    entity_id: Col[EntityId | None] = column(pg.varchar, default=None)
    status: Col[JobStatus] = column(job_status, default=JobStatus.PENDING)
    steps: Col[list[AutomationStep]] = column(pg.jsonb, default=[])
    error: Col[WorkError | None] = column(pg.jsonb, default=None)
    started_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)
    finished_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


class ChainRun(Timestamped, name="chain_run_table", schema="builder"):
    """A run of a chain of prompts. While it runs there is no result; what is found under a cache key need not run.

    Inputs and results are each chain's own, and kept as they came: `result_type` says what a result is decoded as.
    """

    chain_run_id: Col[ChainRunId] = column(pg.varchar, primary_key=True, default=fresh(ChainRunId))
    organization_id: Col[OrganizationId | None] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade"), default=None, index=True
    )
    chain_name: Col[str] = column(pg.varchar(100))
    chain_version: Col[int] = column(pg.integer, default=1, check=lambda version: version > 0)
    cache_key: Col[str | None] = column(pg.varchar(128), default=None)
    inputs: Col[msgspec.Raw] = column(pg.jsonb, comment="decode it as ChainInputs, or as the chain's own")
    result_type: Col[ResultType | None] = column(pg.text, default=None)
    result: Col[msgspec.Raw | None] = column(pg.jsonb, default=None, comment="a ChainSuccess or a ChainError")
    duration_ms: Col[int | None] = column(pg.integer, default=None)
    expires_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


NewActionLog = new(ActionLog)
NewAutomationRule = new(AutomationRule)
AutomationRuleChanges = patch(AutomationRule)
NewAutomationExecution = new(AutomationExecution)
NewChainRun = new(ChainRun)

log_of_an_organization = index("action_log_organization_id_idx", ActionLog.organization_id, ActionLog.created_at.desc())
log_of_an_action = index("action_log_action_id_idx", ActionLog.action_id, ActionLog.created_at.desc())
log_of_an_entity = index(
    "action_log_entity_id_idx",
    ActionLog.entity_id,
    ActionLog.created_at.desc(),
    where=ActionLog.entity_id.is_not_null(),
)
executions_of_a_rule = index(
    "automation_execution_automation_rule_id_idx",
    AutomationExecution.automation_rule_id,
    AutomationExecution.created_at.desc(),
)
executed_in_time = check(
    "automation_execution_times_check", AutomationExecution.finished_at >= AutomationExecution.started_at
)
chain_run_cache = index("chain_run_table_cache_key_idx", ChainRun.cache_key)
result_of_its_type = check("chain_run_table_result_check", ChainRun.result.is_null() == ChainRun.result_type.is_null())

refuse_change = trigger_function(
    "refuse_change",
    sql(
        """
        BEGIN
          RAISE EXCEPTION '% is written once and never changed', TG_TABLE_NAME
            USING ERRCODE = 'object_not_in_prerequisite_state';
        END
        """
    ),
    schema="builder",
)
log_stays = trigger(ActionLog, refuse_change, before="update")
