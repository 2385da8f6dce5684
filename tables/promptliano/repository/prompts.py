"""Prompts."""

from promptliano.ids import ProjectId, PromptId
from qb import Db, New, Outcome, Patch
from tables.promptliano.prompts import Prompt
from tables.promptliano.queries import prompts as queries


def create(db: Db, prompt: New[Prompt]) -> Outcome[Prompt]:
    """UniqueViolation where the project has a living prompt of that title."""
    return db.one(queries.create(prompt))


def by_id(db: Db, prompt: PromptId) -> Outcome[Prompt]:
    """NotFound where it is deleted, or never was."""
    return db.one(queries.by_id(prompt))


def of_project(db: Db, project: ProjectId, *, tag: str | None = None) -> Outcome[list[Prompt]]:
    """By title; those with a tag where that is given."""
    return db.all(queries.of_project(project, tag))


def change(db: Db, prompt: PromptId, changes: Patch[Prompt]) -> Outcome[Prompt]:
    """The fields that are given; NotFound where it is deleted."""
    return db.one(queries.change(prompt, changes))


def delete(db: Db, prompt: PromptId) -> Outcome[Prompt]:
    """NotFound where it was deleted before."""
    return db.one(queries.delete(prompt))


def restore(db: Db, prompt: PromptId) -> Outcome[Prompt]:
    """NotFound where it was not deleted, UniqueViolation where another one took its title meanwhile."""
    return db.one(queries.restore(prompt))
