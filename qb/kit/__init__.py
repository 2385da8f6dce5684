"""The kit: what a database is, as one value that is read from its server. `import qb` loads none of it.

>>> from qb.kit import introspect
>>> found = introspect(db).unwrap()
>>> [identity.title for identity in found if identity.kind == "table"]
['public.tasks', 'public.users']
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qb.kit.adopting.adopt import Adopted, adopt
    from qb.kit.async_drifting import drift_async
    from qb.kit.async_finder import discover_async
    from qb.kit.async_reader import introspect_async
    from qb.kit.async_required import requires_async
    from qb.kit.catalog import Catalog
    from qb.kit.checks.async_usages import usage_async
    from qb.kit.checks.checking import check
    from qb.kit.checks.finding import Checked, Finding, Silenced
    from qb.kit.checks.usage import Usage
    from qb.kit.checks.usages import usage
    from qb.kit.cloning.clone import Cloned, clone
    from qb.kit.config import Config
    from qb.kit.config_choice import ChosenDatabase, choose
    from qb.kit.config_file import read_config
    from qb.kit.developing import Developed, dev
    from qb.kit.difference import Difference, differences
    from qb.kit.diffs.compare import diff
    from qb.kit.diffs.value import Diff, ObjectChange
    from qb.kit.diffs.words import diff_document, diff_text
    from qb.kit.discovered import DiscoveredColumn, DiscoveredRow, DiscoveredTable
    from qb.kit.drawn.docs import docs
    from qb.kit.drawn.erd import erd
    from qb.kit.drifting import drift
    from qb.kit.examination.diagnosis import Diagnosis
    from qb.kit.examination.examine import doctor
    from qb.kit.exporting.package_copy import CopiedFile, export_package
    from qb.kit.exporting.sqlalchemy_models import sqlalchemy_models
    from qb.kit.facts.base import Fact
    from qb.kit.finder import discover
    from qb.kit.first_config import add_config
    from qb.kit.generating.custom import generate_custom
    from qb.kit.generating.generate import Generated, generate
    from qb.kit.generating.prove_written import ProvedFile, prove_written
    from qb.kit.generating.questions import AnswersNeeded
    from qb.kit.importing.sqlite_import import ImportedSqlite, ImportedTable, import_sqlite, inspect_sqlite
    from qb.kit.importing.sqlite_plan import PlannedImport, PlannedSqlite
    from qb.kit.needed import lacking
    from qb.kit.ours.value import Ours, ours_of
    from qb.kit.outputs.json_documents import json_schema_document, openapi_document
    from qb.kit.outputs.output_files import OutputFile, write_outputs
    from qb.kit.outputs.typescript import typescript
    from qb.kit.planning.fingerprint import fingerprint
    from qb.kit.planning.migration_plan import MigrationPlan, PlanStep
    from qb.kit.planning.plan import plan
    from qb.kit.promoting.promote import Promoted, promote
    from qb.kit.promoting.promotion import Promotion
    from qb.kit.promoting.rejects import PromotionReject, promotion_rejects
    from qb.kit.proving.errors import NotProved
    from qb.kit.proving.prove import ProvedPlan, prove
    from qb.kit.proving.prove_migration import prove_migration
    from qb.kit.pushing.push import Pushed, PushedStatement, PushPlan, push
    from qb.kit.reader import introspect
    from qb.kit.rehearsing.ephemeral import Ephemeral, ephemeral
    from qb.kit.rehearsing.rehearse import Rehearsed, rehearse
    from qb.kit.required import requires
    from qb.kit.reworking.merging import Merged, commuting, merge
    from qb.kit.reworking.recognizing import WhichApplied, which_applied
    from qb.kit.reworking.renumbering import Renumbered, renumber
    from qb.kit.reworking.replays import Replays
    from qb.kit.reworking.reverting import Reverted, revert
    from qb.kit.reworking.squashing import Squashed, squash
    from qb.kit.reworking.table_status import TablesStatus, TableStatus, TableTotals, table_status
    from qb.kit.round_trips import RoundTrip, round_trip
    from qb.kit.running.async_expecting import expects_async
    from qb.kit.running.async_migrating import migrate_async
    from qb.kit.running.auditing import AuditFinding, HistoryAudit, audit
    from qb.kit.running.backups import Backups
    from qb.kit.running.data_steps import DataStep, MigrationConditions, StepBatch, data_step, migration_conditions
    from qb.kit.running.expecting import expects
    from qb.kit.running.forecasting import Forecast, StatementForecast, TableForecast, WorkRates, forecast
    from qb.kit.running.keeping.purging import KeptLoss, Purged, purge
    from qb.kit.running.linting import LintedSql, LintFinding, lint
    from qb.kit.running.lock_patience import Patience
    from qb.kit.running.marking import Marked, baseline, resolve_migration
    from qb.kit.running.migrating import Migrated, migrate
    from qb.kit.running.migrating_each import migrate_each
    from qb.kit.running.rolling_back import RolledBack, rollback
    from qb.kit.running.rolling_back_each import rollback_each
    from qb.kit.running.row_guards import RowGuards
    from qb.kit.running.rules import MigrationRules
    from qb.kit.running.run_refusal import RunRefusal
    from qb.kit.running.status import HistoryStatus, status
    from qb.kit.schema_module import load_schema
    from qb.kit.seeding.generating_rows import generate_rows
    from qb.kit.seeding.report import GeneratedRows, GeneratedTable
    from qb.kit.seeding.seeds import Seed, Seeded, load_seeds, seed
    from qb.kit.shadow import canonical
    from qb.kit.sources.differing import diff_sources
    from qb.kit.sources.source import CatalogSource, DatabaseAddress, SqlFile, source_of
    from qb.kit.sources.sql import catalog_of_sql
    from qb.kit.tables_found import tables_of
    from qb.kit.validating.async_validate import validate_async
    from qb.kit.validating.report import RowProblem, Validated, ValidatedTable
    from qb.kit.validating.validate import validate
    from qb.kit.verifying.raw_uses import raw_uses
    from qb.kit.verifying.report import QueryProblem, RawUse, Verified, VerifiedQuery
    from qb.kit.verifying.verify import verify
    from qb.model.object import Identity
    from qb.types.server_text import ServerText


# Each is loaded by those who ask for it: who reads a config needs no driver, and who asks for drift no drawings.
_HOMES = {
    "add_config": "qb.kit.first_config",
    "adopt": "qb.kit.adopting.adopt",
    "Adopted": "qb.kit.adopting.adopt",
    "AnswersNeeded": "qb.kit.generating.questions",
    "audit": "qb.kit.running.auditing",
    "AuditFinding": "qb.kit.running.auditing",
    "Backups": "qb.kit.running.backups",
    "baseline": "qb.kit.running.marking",
    "canonical": "qb.kit.shadow",
    "Catalog": "qb.kit.catalog",
    "catalog_of_sql": "qb.kit.sources.sql",
    "CatalogSource": "qb.kit.sources.source",
    "check": "qb.kit.checks.checking",
    "Checked": "qb.kit.checks.finding",
    "choose": "qb.kit.config_choice",
    "ChosenDatabase": "qb.kit.config_choice",
    "clone": "qb.kit.cloning.clone",
    "Cloned": "qb.kit.cloning.clone",
    "commuting": "qb.kit.reworking.merging",
    "Config": "qb.kit.config",
    "CopiedFile": "qb.kit.exporting.package_copy",
    "data_step": "qb.kit.running.data_steps",
    "DatabaseAddress": "qb.kit.sources.source",
    "DataStep": "qb.kit.running.data_steps",
    "dev": "qb.kit.developing",
    "Developed": "qb.kit.developing",
    "Diagnosis": "qb.kit.examination.diagnosis",
    "Diff": "qb.kit.diffs.value",
    "diff": "qb.kit.diffs.compare",
    "diff_document": "qb.kit.diffs.words",
    "diff_sources": "qb.kit.sources.differing",
    "diff_text": "qb.kit.diffs.words",
    "Difference": "qb.kit.difference",
    "differences": "qb.kit.difference",
    "discover": "qb.kit.finder",
    "discover_async": "qb.kit.async_finder",
    "DiscoveredColumn": "qb.kit.discovered",
    "DiscoveredRow": "qb.kit.discovered",
    "DiscoveredTable": "qb.kit.discovered",
    "docs": "qb.kit.drawn.docs",
    "doctor": "qb.kit.examination.examine",
    "drift": "qb.kit.drifting",
    "drift_async": "qb.kit.async_drifting",
    "Ephemeral": "qb.kit.rehearsing.ephemeral",
    "ephemeral": "qb.kit.rehearsing.ephemeral",
    "erd": "qb.kit.drawn.erd",
    "expects": "qb.kit.running.expecting",
    "expects_async": "qb.kit.running.async_expecting",
    "export_package": "qb.kit.exporting.package_copy",
    "Fact": "qb.kit.facts.base",
    "Finding": "qb.kit.checks.finding",
    "fingerprint": "qb.kit.planning.fingerprint",
    "Forecast": "qb.kit.running.forecasting",
    "forecast": "qb.kit.running.forecasting",
    "generate": "qb.kit.generating.generate",
    "generate_custom": "qb.kit.generating.custom",
    "generate_rows": "qb.kit.seeding.generating_rows",
    "Generated": "qb.kit.generating.generate",
    "GeneratedRows": "qb.kit.seeding.report",
    "GeneratedTable": "qb.kit.seeding.report",
    "HistoryAudit": "qb.kit.running.auditing",
    "HistoryStatus": "qb.kit.running.status",
    "Identity": "qb.model.object",
    "import_sqlite": "qb.kit.importing.sqlite_import",
    "ImportedSqlite": "qb.kit.importing.sqlite_import",
    "ImportedTable": "qb.kit.importing.sqlite_import",
    "inspect_sqlite": "qb.kit.importing.sqlite_import",
    "introspect": "qb.kit.reader",
    "introspect_async": "qb.kit.async_reader",
    "json_schema_document": "qb.kit.outputs.json_documents",
    "KeptLoss": "qb.kit.running.keeping.purging",
    "lacking": "qb.kit.needed",
    "lint": "qb.kit.running.linting",
    "LintedSql": "qb.kit.running.linting",
    "LintFinding": "qb.kit.running.linting",
    "load_schema": "qb.kit.schema_module",
    "load_seeds": "qb.kit.seeding.seeds",
    "Marked": "qb.kit.running.marking",
    "merge": "qb.kit.reworking.merging",
    "Merged": "qb.kit.reworking.merging",
    "migrate": "qb.kit.running.migrating",
    "migrate_async": "qb.kit.running.async_migrating",
    "migrate_each": "qb.kit.running.migrating_each",
    "Migrated": "qb.kit.running.migrating",
    "migration_conditions": "qb.kit.running.data_steps",
    "MigrationConditions": "qb.kit.running.data_steps",
    "MigrationPlan": "qb.kit.planning.migration_plan",
    "MigrationRules": "qb.kit.running.rules",
    "NotProved": "qb.kit.proving.errors",
    "ObjectChange": "qb.kit.diffs.value",
    "openapi_document": "qb.kit.outputs.json_documents",
    "Ours": "qb.kit.ours.value",
    "ours_of": "qb.kit.ours.value",
    "OutputFile": "qb.kit.outputs.output_files",
    "Patience": "qb.kit.running.lock_patience",
    "plan": "qb.kit.planning.plan",
    "PlannedImport": "qb.kit.importing.sqlite_plan",
    "PlannedSqlite": "qb.kit.importing.sqlite_plan",
    "PlanStep": "qb.kit.planning.migration_plan",
    "promote": "qb.kit.promoting.promote",
    "Promoted": "qb.kit.promoting.promote",
    "Promotion": "qb.kit.promoting.promotion",
    "promotion_rejects": "qb.kit.promoting.rejects",
    "PromotionReject": "qb.kit.promoting.rejects",
    "prove": "qb.kit.proving.prove",
    "prove_migration": "qb.kit.proving.prove_migration",
    "prove_written": "qb.kit.generating.prove_written",
    "ProvedFile": "qb.kit.generating.prove_written",
    "ProvedPlan": "qb.kit.proving.prove",
    "purge": "qb.kit.running.keeping.purging",
    "Purged": "qb.kit.running.keeping.purging",
    "push": "qb.kit.pushing.push",
    "Pushed": "qb.kit.pushing.push",
    "PushedStatement": "qb.kit.pushing.push",
    "PushPlan": "qb.kit.pushing.push",
    "QueryProblem": "qb.kit.verifying.report",
    "raw_uses": "qb.kit.verifying.raw_uses",
    "RawUse": "qb.kit.verifying.report",
    "read_config": "qb.kit.config_file",
    "rehearse": "qb.kit.rehearsing.rehearse",
    "Rehearsed": "qb.kit.rehearsing.rehearse",
    "renumber": "qb.kit.reworking.renumbering",
    "Renumbered": "qb.kit.reworking.renumbering",
    "Replays": "qb.kit.reworking.replays",
    "requires": "qb.kit.required",
    "requires_async": "qb.kit.async_required",
    "resolve_migration": "qb.kit.running.marking",
    "revert": "qb.kit.reworking.reverting",
    "Reverted": "qb.kit.reworking.reverting",
    "rollback": "qb.kit.running.rolling_back",
    "rollback_each": "qb.kit.running.rolling_back_each",
    "RolledBack": "qb.kit.running.rolling_back",
    "round_trip": "qb.kit.round_trips",
    "RoundTrip": "qb.kit.round_trips",
    "RowGuards": "qb.kit.running.row_guards",
    "RowProblem": "qb.kit.validating.report",
    "RunRefusal": "qb.kit.running.run_refusal",
    "Seed": "qb.kit.seeding.seeds",
    "seed": "qb.kit.seeding.seeds",
    "Seeded": "qb.kit.seeding.seeds",
    "ServerText": "qb.types.server_text",
    "Silenced": "qb.kit.checks.finding",
    "source_of": "qb.kit.sources.source",
    "sqlalchemy_models": "qb.kit.exporting.sqlalchemy_models",
    "SqlFile": "qb.kit.sources.source",
    "squash": "qb.kit.reworking.squashing",
    "Squashed": "qb.kit.reworking.squashing",
    "StatementForecast": "qb.kit.running.forecasting",
    "status": "qb.kit.running.status",
    "StepBatch": "qb.kit.running.data_steps",
    "table_status": "qb.kit.reworking.table_status",
    "TableForecast": "qb.kit.running.forecasting",
    "tables_of": "qb.kit.tables_found",
    "TablesStatus": "qb.kit.reworking.table_status",
    "TableStatus": "qb.kit.reworking.table_status",
    "TableTotals": "qb.kit.reworking.table_status",
    "typescript": "qb.kit.outputs.typescript",
    "Usage": "qb.kit.checks.usage",
    "usage": "qb.kit.checks.usages",
    "usage_async": "qb.kit.checks.async_usages",
    "validate": "qb.kit.validating.validate",
    "validate_async": "qb.kit.validating.async_validate",
    "Validated": "qb.kit.validating.report",
    "ValidatedTable": "qb.kit.validating.report",
    "Verified": "qb.kit.verifying.report",
    "VerifiedQuery": "qb.kit.verifying.report",
    "verify": "qb.kit.verifying.verify",
    "which_applied": "qb.kit.reworking.recognizing",
    "WhichApplied": "qb.kit.reworking.recognizing",
    "WorkRates": "qb.kit.running.forecasting",
    "write_outputs": "qb.kit.outputs.output_files",
}

if not TYPE_CHECKING:  # to a checker it would make a name of each misspelt one

    def __getattr__(name: str) -> object:
        if (home := _HOMES.get(name)) is None:
            raise AttributeError(f"module 'qb.kit' has no attribute {name!r}")
        found = getattr(import_module(home), name)
        globals()[name] = found
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


__all__ = [
    "add_config",
    "adopt",
    "Adopted",
    "AnswersNeeded",
    "audit",
    "AuditFinding",
    "Backups",
    "baseline",
    "canonical",
    "Catalog",
    "catalog_of_sql",
    "CatalogSource",
    "check",
    "Checked",
    "choose",
    "ChosenDatabase",
    "clone",
    "Cloned",
    "commuting",
    "Config",
    "CopiedFile",
    "data_step",
    "DatabaseAddress",
    "DataStep",
    "dev",
    "Developed",
    "Diagnosis",
    "Diff",
    "diff",
    "diff_document",
    "diff_sources",
    "diff_text",
    "Difference",
    "differences",
    "discover",
    "discover_async",
    "DiscoveredColumn",
    "DiscoveredRow",
    "DiscoveredTable",
    "docs",
    "doctor",
    "drift",
    "drift_async",
    "Ephemeral",
    "ephemeral",
    "erd",
    "expects",
    "expects_async",
    "export_package",
    "Fact",
    "Finding",
    "fingerprint",
    "Forecast",
    "forecast",
    "generate",
    "generate_custom",
    "generate_rows",
    "Generated",
    "GeneratedRows",
    "GeneratedTable",
    "HistoryAudit",
    "HistoryStatus",
    "Identity",
    "import_sqlite",
    "ImportedSqlite",
    "ImportedTable",
    "inspect_sqlite",
    "introspect",
    "introspect_async",
    "json_schema_document",
    "KeptLoss",
    "lacking",
    "lint",
    "LintedSql",
    "LintFinding",
    "load_schema",
    "load_seeds",
    "Marked",
    "merge",
    "Merged",
    "migrate",
    "migrate_async",
    "migrate_each",
    "Migrated",
    "migration_conditions",
    "MigrationConditions",
    "MigrationPlan",
    "MigrationRules",
    "NotProved",
    "ObjectChange",
    "openapi_document",
    "Ours",
    "ours_of",
    "OutputFile",
    "Patience",
    "plan",
    "PlannedImport",
    "PlannedSqlite",
    "PlanStep",
    "promote",
    "Promoted",
    "Promotion",
    "promotion_rejects",
    "PromotionReject",
    "prove",
    "prove_migration",
    "prove_written",
    "ProvedFile",
    "ProvedPlan",
    "purge",
    "Purged",
    "push",
    "Pushed",
    "PushedStatement",
    "PushPlan",
    "QueryProblem",
    "raw_uses",
    "RawUse",
    "read_config",
    "rehearse",
    "Rehearsed",
    "renumber",
    "Renumbered",
    "Replays",
    "requires",
    "requires_async",
    "resolve_migration",
    "revert",
    "Reverted",
    "rollback",
    "rollback_each",
    "RolledBack",
    "round_trip",
    "RoundTrip",
    "RowGuards",
    "RowProblem",
    "RunRefusal",
    "Seed",
    "seed",
    "Seeded",
    "ServerText",
    "Silenced",
    "source_of",
    "sqlalchemy_models",
    "SqlFile",
    "squash",
    "Squashed",
    "StatementForecast",
    "status",
    "StepBatch",
    "table_status",
    "TableForecast",
    "tables_of",
    "TablesStatus",
    "TableStatus",
    "TableTotals",
    "typescript",
    "Usage",
    "usage",
    "usage_async",
    "validate",
    "validate_async",
    "Validated",
    "ValidatedTable",
    "Verified",
    "VerifiedQuery",
    "verify",
    "which_applied",
    "WhichApplied",
    "WorkRates",
    "write_outputs",
]
