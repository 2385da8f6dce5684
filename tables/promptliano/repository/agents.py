"""Agents."""

from collections.abc import Iterable

from promptliano.ids import AgentSlug
from qb import Db, New, Outcome
from tables.promptliano.prompts import Agent
from tables.promptliano.queries import agents as queries


def upsert(db: Db, agents: Iterable[New[Agent]]) -> Outcome[list[Agent]]:
    """Agents as they are described: new ones, and those there already under the same slug."""
    return db.insert_many(agents, queries.upserted())


def by_slug(db: Db, slug: AgentSlug) -> Outcome[Agent]:
    """NotFound where there is none."""
    return db.one(queries.by_slug(slug))


def active(db: Db, *, model: str | None = None) -> Outcome[list[Agent]]:
    """By name; those with a model where that is given."""
    return db.all(queries.active(model))


def set_active(db: Db, slug: AgentSlug, active: bool) -> Outcome[Agent]:
    """NotFound where there is none."""
    return db.one(queries.set_active(slug, active))
