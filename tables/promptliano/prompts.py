"""Prompts that a project keeps, and the agents that run them."""

from promptliano.documents import AgentConfiguration, FlatConfiguration, nested
from promptliano.ids import AgentId, AgentSlug, ProjectId, PromptId
from qb import Col, column, document, identity, index, new, older, patch, pg, references
from tables.promptliano.projects import Project
from tables.promptliano.shared import Restorable, Timestamped


class Prompt(Restorable, name="prompts"):
    """A text for a model, kept under a title that its project uses once."""

    id: Col[PromptId] = column(pg.bigint, primary_key=True, default=identity())
    project_id: Col[ProjectId] = column(pg.bigint, references=references(Project.id, on_delete="cascade"), index=True)
    title: Col[str] = column(pg.varchar(200))
    content: Col[str] = column(pg.text)
    description: Col[str | None] = column(pg.text, default=None)
    tags: Col[list[str]] = column(pg.jsonb, default=[])


class Agent(Timestamped, name="agents"):
    """A model with instructions; `slug` is the name that programs use."""

    id: Col[AgentId] = column(pg.bigint, primary_key=True, default=identity())
    slug: Col[AgentSlug] = column(pg.varchar(80), unique=True, check=lambda slug: slug != AgentSlug(""))
    name: Col[str] = column(pg.text)
    description: Col[str] = column(pg.text, default="")
    instructions: Col[str] = column(pg.text, default="")
    configuration: Col[AgentConfiguration] = column(document(AgentConfiguration, older(FlatConfiguration, nested)))
    active: Col[bool] = column(pg.boolean, default=True)


NewPrompt = new(Prompt)
PromptChanges = patch(Prompt)
NewAgent = new(Agent)
AgentChanges = patch(Agent)

prompt_title = index(
    "prompts_project_id_title_key", Prompt.project_id, Prompt.title, unique=True, where=Prompt.deleted_at.is_null()
)
prompt_tags = index("prompts_tags_idx", Prompt.tags, method="gin")
