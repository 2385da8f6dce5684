"""What is seldom made, and what security modules read: as the server's catalogs say it.

https://www.postgresql.org/docs/current/sql-security-label.html
"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.other import LabelFact, OtherFact
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.rule import DdlRule, Lines, never_altered
from qb.model.object import Identity
from qb.render.literals import string_literal
from qb.types.identifier import quoted

_ON: Final = " on "


def _create_other(identity: Identity, fact: OtherFact, parts: CatalogParts) -> Lines:
    return [*fact.statements]


def _drop_other(identity: Identity, fact: OtherFact, parts: CatalogParts) -> Lines:
    return [f"DROP {fact.target}"]


def _label(identity: Identity, fact: LabelFact, parts: CatalogParts) -> Lines:
    return [_labelled(identity, string_literal(fact.label))]


def _unlabel(identity: Identity, fact: LabelFact, parts: CatalogParts) -> Lines:
    return [_labelled(identity, "NULL")]


def _labelled(identity: Identity, said: str) -> str:
    provider, _, rest = identity.name.partition(_ON)
    kind, _, name = rest.partition(" ")
    return f"SECURITY LABEL FOR {quoted(provider)} ON {kind.upper()} {name} IS {said}"


OTHER_RULE: Final = DdlRule(_create_other, never_altered, _drop_other)
LABEL_RULE: Final = DdlRule(_label, never_altered, _unlabel)
