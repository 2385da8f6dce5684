"""All lints: the name of each, how sure it is, and what finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from qb.kit.checks import directus, foreign_keys, indexes, keys, older_ways, policies, reach, types
from qb.kit.checks.finding import Level
from qb.kit.checks.hit import Hit
from qb.kit.checks.subject import Subject
from qb.model.silence import Lint

Profile: TypeAlias = Literal["directus"]
"""What more is looked for: what another program cannot work with."""


class LintRule(NamedTuple):
    """A lint. Its function says what it is about."""

    name: Lint
    level: Level
    find: Callable[[Subject], Iterator[Hit]]
    profile: Profile | None = None
    """Where it is looked for only with this profile."""
    counts: bool = False
    """Whether it asks what a database has counted."""
    asked: bool = False
    """Whether it is a matter of taste, and looked for only where it is named."""


LINTS: Final = (
    LintRule("auth-users-exposed", "warning", reach.auth_users),
    LintRule("constraint-not-valid", "warning", indexes.not_valid),
    LintRule("cut-name", "note", types.cut_name),
    LintRule("definer-function-exposed", "note", reach.definer_exposed),
    LintRule("definer-search-path", "warning", reach.definer_search_path),
    LintRule("deprecated-column-used", "warning", older_ways.deprecated_used),
    LintRule("directus-key", "warning", directus.without_one_key, "directus"),
    LintRule("directus-type", "warning", directus.unknown_type, "directus"),
    LintRule("disabled-trigger", "warning", older_ways.disabled_trigger),
    LintRule("duplicate-index", "warning", indexes.duplicate),
    LintRule("extension-in-public", "note", reach.extension_in_public),
    LintRule("foreign-key-half-null", "note", foreign_keys.half_null),
    LintRule("foreign-key-sets-null", "warning", foreign_keys.sets_null),
    LintRule("foreign-key-twice", "warning", foreign_keys.twice),
    LintRule("foreign-key-type", "warning", foreign_keys.of_another_type),
    LintRule("foreign-key-without-index", "warning", foreign_keys.without_index),
    LintRule("index-on-boolean", "note", indexes.on_boolean),
    LintRule("index-on-document", "warning", indexes.on_document),
    LintRule("invalid-index", "warning", indexes.invalid),
    LintRule("json-as-text", "note", types.json_as_text),
    LintRule("limited-text", "note", types.limited_text, asked=True),
    LintRule("money-column", "warning", types.money),
    LintRule("no-primary-key", "warning", keys.without_key),
    LintRule("no-row-security", "warning", reach.no_row_security),
    LintRule("padded-text", "note", types.padded_text),
    LintRule("policies-for-one-command", "note", policies.for_one_command),
    LintRule("policy-call-for-each-row", "warning", policies.for_each_row),
    LintRule("policy-circle", "warning", policies.circle),
    LintRule("policy-for-every-row", "warning", policies.every_row),
    LintRule("policy-trusts-user-metadata", "warning", policies.trusts_metadata),
    LintRule("policy-without-row-security", "warning", policies.without_row_security),
    LintRule("primary-key-of-32-bits", "warning", keys.of_32_bits),
    LintRule("public-may-create", "warning", reach.public_may_create),
    LintRule("published-without-key", "warning", keys.published_without_key),
    LintRule("redundant-index", "warning", indexes.redundant),
    LintRule("rewrite-rule", "note", older_ways.rule),
    LintRule("row-security-without-policy", "note", policies.without_policy),
    LintRule("sequence-beyond-column", "warning", keys.beyond_column),
    LintRule("sequence-runs-out", "warning", keys.runs_out, counts=True),
    LintRule("serial-column", "note", keys.serial_columns),
    LintRule("table-inheritance", "note", older_ways.inheritance),
    LintRule("time-with-zone", "warning", types.time_with_zone),
    LintRule("timestamp-without-zone", "warning", types.timestamp_without_zone),
    LintRule("unlogged-table", "note", older_ways.unlogged),
    LintRule("unused-index", "note", indexes.unused_indexes, counts=True),
    LintRule("view-past-row-security", "warning", reach.past_row_security),
)
"""In the order of their names."""
