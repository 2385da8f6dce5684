"""Prompts."""

from promptliano.ids import ProjectId, PromptId
from qb import New, Patch, Rows, Select, fn, insert, prepare, select, sql, update
from qb.typing import Returning
from tables.promptliano.prompts import Prompt


def create(prompt: New[Prompt]) -> Rows[Prompt]:
    """The prompt as it was written."""
    return insert(prompt).returning()


@prepare
def by_id(prompt: PromptId) -> Select[Prompt]:
    """The prompt, unless it is deleted."""
    return select(Prompt).where(Prompt.id == prompt, Prompt.deleted_at.is_null())


@prepare
def of_project(project: ProjectId, tag: str | None = None) -> Select[Prompt]:
    """A project's prompts by title, those with a tag where that is given."""
    query = select(Prompt).where(Prompt.project_id == project, Prompt.deleted_at.is_null())
    if tag is not None:
        # In SQL: whether a jsonb list holds a text has no builder yet.
        query = query.where(sql("{tags} ? {tag}", tags=Prompt.tags, tag=tag).as_(bool))
    return query.order_by(Prompt.title)


def change(prompt: PromptId, changes: Patch[Prompt]) -> Rows[Prompt]:
    """The prompt with the fields that are given."""
    return update(Prompt).patch(changes).where(Prompt.id == prompt, Prompt.deleted_at.is_null()).returning()


@prepare
def delete(prompt: PromptId) -> Returning[Prompt]:
    """The prompt, deleted now; no row if it was before."""
    removed = update(Prompt).set(Prompt.deleted_at.to(fn.now()))
    return removed.where(Prompt.id == prompt, Prompt.deleted_at.is_null()).returning()


@prepare
def restore(prompt: PromptId) -> Returning[Prompt]:
    """The prompt, no longer deleted; no row if it was not."""
    restored = update(Prompt).set(Prompt.deleted_at.to(None))
    return restored.where(Prompt.id == prompt, Prompt.deleted_at.is_not_null()).returning()
