"""Constraints, indexes and statistics, as the server writes them.

https://www.postgresql.org/docs/current/sql-altertable.html
"""

from __future__ import annotations

import re
from typing import Final

from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.index import IndexFact
from qb.kit.facts.kinds import OF_KEYS
from qb.kit.facts.statistics import StatisticsFact, statistics_sql
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.rule import Altered, DdlRule, Lines, drop_plainly
from qb.kit.planning.ddl.sql_names import changed_options, dotted, name_of_table, settings_list
from qb.model.object import Identity
from qb.types.identifier import quoted

_NOT_VALID: Final = " NOT VALID"
_ONLY: Final = re.compile(r'^(CREATE (?:UNIQUE )?INDEX (?:"(?:[^"]|"")*"|\S+) ON )ONLY ')
_INDEX_HEAD: Final = re.compile(r"CREATE (UNIQUE )?INDEX ")


def constraint_words(identity: Identity, fact: ConstraintFact) -> str:
    """A constraint as CREATE TABLE says it."""
    return f"CONSTRAINT {quoted(identity.name)} {fact.definition.removesuffix(_NOT_VALID)}"


def whose(identity: Identity, fact: ConstraintFact) -> str:
    """ALTER and what it is on."""
    word = {"domain": "DOMAIN", "foreign table": "FOREIGN TABLE"}.get(fact.of, "TABLE")
    return f"ALTER {word} {name_of_table(identity)}"


def add_constraint(identity: Identity, fact: ConstraintFact, parts: CatalogParts, *, checked: bool = True) -> Lines:
    """ADD CONSTRAINT, and what it cannot say. Not `checked` it holds for what is written from now on."""
    end = "" if checked and fact.valid else _NOT_VALID
    lines = [f"{whose(identity, fact)} ADD {constraint_words(identity, fact)}{end}"]
    return [*lines, *after_constraint(identity, fact, parts)]


def after_constraint(identity: Identity, fact: ConstraintFact, parts: CatalogParts) -> Lines:
    """What of a constraint CREATE TABLE does not say: its index, and triggers that are switched off."""
    index = parts.index_of(identity)
    found = parts.get(index) if index is not None else None
    return _index_settings(index, found) if index is not None and isinstance(found, IndexFact) else []


def _drop_constraint(identity: Identity, fact: ConstraintFact, parts: CatalogParts) -> Lines:
    return [f"{whose(identity, fact)} DROP CONSTRAINT {quoted(identity.name)}"]


def _alter_constraint(change: Altered[ConstraintFact]) -> Lines | None:
    identity, one, other = change.identity, change.one, change.other
    head = whose(identity, other)
    lines: Lines = []
    left = change.fields
    if "deferrable" in left and identity.kind == "foreign key" and _but_deferred(one) == _but_deferred(other):
        said = {
            "": "NOT DEFERRABLE",
            "immediate": "DEFERRABLE INITIALLY IMMEDIATE",
            "deferred": "DEFERRABLE INITIALLY DEFERRED",
        }
        lines.append(f"{head} ALTER CONSTRAINT {quoted(identity.name)} {said[other.deferrable]}")
        left -= {"deferrable", "definition"}
    if "valid" in left and other.valid:
        lines.append(f"{head} VALIDATE CONSTRAINT {quoted(identity.name)}")
        left -= {"valid"}
    return None if left else lines


def _but_deferred(fact: ConstraintFact) -> str:
    return re.sub(r"( NOT VALID| NOT DEFERRABLE| DEFERRABLE| INITIALLY (DEFERRED|IMMEDIATE))+$", "", fact.definition)


def concurrently(definition: str) -> str:
    """CREATE INDEX as the server writes it, without that writers wait."""
    return _INDEX_HEAD.sub(lambda match: f"{match.group()}CONCURRENTLY ", definition, count=1)


def _create_index(identity: Identity, fact: IndexFact, parts: CatalogParts) -> Lines:
    return [with_partitions(fact), *_index_settings(identity, fact)]


def with_partitions(fact: IndexFact) -> str:
    """CREATE INDEX of a table and its partitions, which the server writes without them."""
    return _ONLY.sub(r"\1", fact.definition or "", count=1)


def _index_settings(identity: Identity, fact: IndexFact) -> Lines:
    name = dotted(identity.schema, identity.name)
    lines: Lines = []
    if fact.constraint is not None and fact.options:
        lines.append(f"ALTER INDEX {name} SET ({settings_list(fact.options)})")
    if fact.tablespace is not None:
        lines.append(f"ALTER INDEX {name} SET TABLESPACE {quoted(fact.tablespace)}")
    for each in fact.statistics:
        place, _, target = each.partition("=")
        lines.append(f"ALTER INDEX {name} ALTER COLUMN {place} SET STATISTICS {target}")
    if fact.clustered:
        lines.append(f"ALTER TABLE {name_of_table(identity)} CLUSTER ON {quoted(identity.name)}")
    if fact.replica_identity:
        lines.append(f"ALTER TABLE {name_of_table(identity)} REPLICA IDENTITY USING INDEX {quoted(identity.name)}")
    return lines


def _alter_index(change: Altered[IndexFact]) -> Lines | None:
    identity, one, other = change.identity, change.one, change.other
    name, left = dotted(identity.schema, identity.name), set(change.fields)
    lines: Lines = []
    if "options" in left and (other.constraint is not None or _unsaid(one) == _unsaid(other)):
        lines += [f"ALTER INDEX {name} {each}" for each in changed_options(one.options, other.options)]
        left -= {"options", "definition"}
    if "tablespace" in left:
        lines.append(f"ALTER INDEX {name} SET TABLESPACE {quoted(other.tablespace or 'pg_default')}")
    if "statistics" in left:
        targets = dict.fromkeys((each.partition("=")[0] for each in one.statistics), "-1")
        targets |= dict(each.split("=") for each in other.statistics)
        lines += [f"ALTER INDEX {name} ALTER COLUMN {at} SET STATISTICS {to}" for at, to in targets.items()]
    if "clustered" in left:
        end = f"CLUSTER ON {quoted(identity.name)}" if other.clustered else "SET WITHOUT CLUSTER"
        lines.append(f"ALTER TABLE {name_of_table(identity)} {end}")
    if "replica_identity" in left and other.replica_identity:
        lines.append(f"ALTER TABLE {name_of_table(identity)} REPLICA IDENTITY USING INDEX {quoted(identity.name)}")
    left -= {"tablespace", "statistics", "clustered", "replica_identity"}
    return None if left else lines


def _unsaid(fact: IndexFact) -> str:
    """The definition without its options."""
    return re.sub(r" WITH \((?:[^()']|'(?:[^']|'')*')*\)", "", fact.definition or "", count=1)


def _create_statistics(identity: Identity, fact: StatisticsFact, parts: CatalogParts) -> Lines:
    lines = [statistics_sql(identity, fact)]
    if fact.target is not None:
        lines.append(f"ALTER STATISTICS {dotted(identity.schema, identity.name)} SET STATISTICS {fact.target}")
    return lines


def _alter_statistics(change: Altered[StatisticsFact]) -> Lines | None:
    if not change.only("target"):
        return None
    target = -1 if change.other.target is None else change.other.target
    return [f"ALTER STATISTICS {dotted(change.identity.schema, change.identity.name)} SET STATISTICS {target}"]


def is_key(identity: Identity) -> bool:
    """Whether an index holds it."""
    return identity.kind in OF_KEYS


CONSTRAINT_RULE: Final = DdlRule(add_constraint, _alter_constraint, _drop_constraint)
INDEX_RULE: Final = DdlRule(_create_index, _alter_index, drop_plainly)
STATISTICS_RULE: Final = DdlRule(_create_statistics, _alter_statistics, drop_plainly)
