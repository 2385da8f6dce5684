"""The kit: what a database is, as one value that is read from its server. `import qb` loads none of it.

>>> from qb.kit import introspect
>>> found = introspect(db).unwrap()
>>> [identity.title for identity in found if identity.kind == "table"]
['public.tasks', 'public.users']
"""

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
from qb.kit.config import Config
from qb.kit.config_choice import ChosenDatabase, choose
from qb.kit.config_file import read_config
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
from qb.kit.facts.base import Fact
from qb.kit.finder import discover
from qb.kit.first_config import add_config
from qb.kit.needed import lacking
from qb.kit.ours.value import Ours, ours_of
from qb.kit.reader import introspect
from qb.kit.required import requires
from qb.kit.running.auditing import AuditFinding, HistoryAudit, audit
from qb.kit.running.marking import Marked, baseline, resolve_migration
from qb.kit.running.migrating import Migrated, migrate
from qb.kit.running.rolling_back import RolledBack, rollback
from qb.kit.running.status import HistoryStatus, status
from qb.kit.schema_module import load_schema
from qb.kit.shadow import canonical
from qb.kit.sources.differing import diff_sources
from qb.kit.sources.source import CatalogSource, DatabaseAddress, SqlFile, source_of
from qb.kit.sources.sql import catalog_of_sql
from qb.kit.tables_found import tables_of
from qb.kit.validating.report import RowProblem, Validated, ValidatedTable
from qb.kit.validating.validate import validate
from qb.kit.verifying.raw_uses import raw_uses
from qb.kit.verifying.report import QueryProblem, RawUse, Verified, VerifiedQuery
from qb.kit.verifying.verify import verify
from qb.model.object import Identity

__all__ = [
    "Catalog",
    "Checked",
    "CatalogSource",
    "ChosenDatabase",
    "Config",
    "DatabaseAddress",
    "Diagnosis",
    "Diff",
    "Difference",
    "DiscoveredColumn",
    "DiscoveredRow",
    "DiscoveredTable",
    "Fact",
    "Finding",
    "Identity",
    "Silenced",
    "Usage",
    "canonical",
    "check",
    "add_config",
    "ObjectChange",
    "Ours",
    "SqlFile",
    "catalog_of_sql",
    "choose",
    "diff",
    "diff_document",
    "diff_sources",
    "diff_text",
    "differences",
    "discover",
    "discover_async",
    "doctor",
    "drift",
    "drift_async",
    "docs",
    "erd",
    "introspect",
    "introspect_async",
    "lacking",
    "load_schema",
    "AuditFinding",
    "HistoryAudit",
    "HistoryStatus",
    "audit",
    "Marked",
    "Migrated",
    "RolledBack",
    "baseline",
    "resolve_migration",
    "rollback",
    "status",
    "migrate",
    "ours_of",
    "read_config",
    "requires",
    "requires_async",
    "source_of",
    "tables_of",
    "Validated",
    "ValidatedTable",
    "RowProblem",
    "validate",
    "QueryProblem",
    "RawUse",
    "Verified",
    "VerifiedQuery",
    "raw_uses",
    "verify",
    "usage",
    "usage_async",
]
