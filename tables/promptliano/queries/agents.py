"""Agents."""

from promptliano.ids import AgentSlug
from qb import Select, insert, prepare, select, update
from qb.typing import InsertIntoReturning, Returning
from tables.promptliano.prompts import Agent
from tables.promptliano.queries.upserts import as_given


def upserted() -> InsertIntoReturning[Agent, Agent]:
    """Agents as they were written: those whose slug is there already take on what is given. No slug twice."""
    return (
        insert(Agent)
        .on_conflict(
            Agent.slug,
            update=[
                as_given(Agent.name),
                as_given(Agent.description),
                as_given(Agent.instructions),
                as_given(Agent.configuration),
                as_given(Agent.active),
            ],
        )
        .returning()
    )


@prepare
def by_slug(slug: AgentSlug) -> Select[Agent]:
    """The agent, active or not."""
    return select(Agent).where(Agent.slug == slug)


@prepare
def active(model: str | None = None) -> Select[Agent]:
    """Agents that may be used, by name: those with a model where that is given."""
    query = select(Agent).where(Agent.active)
    if model is not None:
        query = query.where(Agent.configuration.path(lambda configuration: configuration.model.model) == model)
    return query.order_by(Agent.name, Agent.id)


@prepare
def set_active(slug: AgentSlug, active: bool) -> Returning[Agent]:
    """The agent, to be used or not."""
    return update(Agent).set(Agent.active.to(active)).where(Agent.slug == slug).returning()
