"""The kit: what a database is, as one value that is read from its server. `import qb` loads none of it.

>>> from qb.kit import introspect
>>> found = introspect(db).unwrap()
>>> [identity.title for identity in found if identity.kind == "table"]
['public.tasks', 'public.users']
"""

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
from qb.kit.discovered import DiscoveredColumn, DiscoveredRow, DiscoveredTable
from qb.kit.drawn.docs import docs
from qb.kit.drawn.erd import erd
from qb.kit.facts.base import Fact
from qb.kit.finder import discover
from qb.kit.first_config import add_config
from qb.kit.needed import lacking
from qb.kit.reader import introspect
from qb.kit.required import requires
from qb.kit.schema_module import load_schema
from qb.kit.shadow import canonical
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
    "ChosenDatabase",
    "Config",
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
    "choose",
    "differences",
    "discover",
    "discover_async",
    "docs",
    "erd",
    "introspect",
    "introspect_async",
    "lacking",
    "load_schema",
    "read_config",
    "requires",
    "requires_async",
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
