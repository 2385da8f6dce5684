"""Prompts, and the agents that run them."""

import msgspec
import pytest

from promptliano.documents import AgentConfiguration, Anthropic, Local, OpenAi
from promptliano.ids import AgentSlug, PromptId
from qb import Failure, New, NotFound, Success, Tx, UniqueViolation, unwrap
from tables.promptliano.prompts import Agent, NewAgent, NewPrompt, PromptChanges
from tables.promptliano.repository import agents, prompts
from tests.tables.promptliano import make


def test_a_prompts_life(tx: Tx) -> None:
    project = make.project(tx)
    made = unwrap(prompts.create(tx, NewPrompt(project_id=project.id, title="Review", content="…", tags=["code", "ü"])))
    assert prompts.by_id(tx, made.id) == Success(made)
    changed = unwrap(prompts.change(tx, made.id, PromptChanges(content="Look at it.", tags=["code"])))
    assert (changed.content, changed.tags, changed.title) == ("Look at it.", ["code"], "Review")
    unwrap(prompts.delete(tx, made.id))
    assert prompts.by_id(tx, made.id) == Failure(NotFound("prompts"))
    assert prompts.delete(tx, made.id) == Failure(NotFound("prompts"))
    assert unwrap(prompts.restore(tx, made.id)).deleted_at is None
    assert prompts.restore(tx, PromptId(999_999_999)) == Failure(NotFound("prompts"))


def test_prompts_by_title_and_by_tag(tx: Tx) -> None:
    project = make.project(tx)
    for title, tags in (("B", ["x"]), ("A", ["x", "y"]), ("C", list[str]())):
        unwrap(prompts.create(tx, NewPrompt(project_id=project.id, title=title, content="…", tags=tags)))
    assert [each.title for each in unwrap(prompts.of_project(tx, project.id))] == ["A", "B", "C"]
    assert [each.title for each in unwrap(prompts.of_project(tx, project.id, tag="x"))] == ["A", "B"]
    assert prompts.of_project(tx, project.id, tag="'; --") == Success([])


def test_a_title_is_one_living_prompts(tx: Tx) -> None:
    project = make.project(tx)
    row = NewPrompt(project_id=project.id, title="Review", content="…")
    first = unwrap(prompts.create(tx, row))
    with tx.transaction(rollback=True) as inner:
        refused = prompts.create(inner, row).failure()
    assert isinstance(refused, UniqueViolation)
    assert refused.constraint == "prompts_project_id_title_key"
    unwrap(prompts.delete(tx, first.id))
    unwrap(prompts.create(tx, row))


CONFIGURATIONS = [
    AgentConfiguration(Anthropic("claude-sonnet", thinking_tokens=2_000), temperature=0.0, tools=["read"]),
    AgentConfiguration(OpenAi("gpt", effort="high")),
    AgentConfiguration(Local("llama", "http://localhost:8080", context_tokens=1)),
]


@pytest.mark.parametrize("configuration", CONFIGURATIONS, ids=lambda each: type(each.model).__name__)
def test_every_kind_of_model_is_stored(tx: Tx, configuration: AgentConfiguration) -> None:
    (made,) = unwrap(agents.upsert(tx, [NewAgent(slug=AgentSlug("coder"), name="Coder", configuration=configuration)]))
    assert made.configuration == configuration
    assert agents.by_slug(tx, AgentSlug("coder")) == Success(made)
    assert [each.slug for each in unwrap(agents.active(tx, model=configuration.model.model))] == ["coder"]


def test_an_agent_is_described_anew(tx: Tx) -> None:
    first = make.agent(tx)
    rows = [
        NewAgent(slug=AgentSlug("coder"), name="Coder", instructions="Be brief.", configuration=CONFIGURATIONS[1]),
        NewAgent(slug=AgentSlug("reviewer"), name="A reviewer", configuration=CONFIGURATIONS[2]),
    ]
    coder, reviewer = unwrap(agents.upsert(tx, rows))
    assert (coder.id, coder.instructions, coder.configuration) == (first.id, "Be brief.", CONFIGURATIONS[1])
    assert agents.active(tx) == Success([reviewer, coder])
    assert agents.upsert(tx, []) == Success([])


def test_an_agent_at_rest(tx: Tx) -> None:
    make.agent(tx)
    assert unwrap(agents.set_active(tx, AgentSlug("coder"), False)).active is False
    assert agents.active(tx) == Success([])
    assert agents.set_active(tx, AgentSlug("nobody"), True) == Failure(NotFound("agents"))
    assert agents.by_slug(tx, AgentSlug("nobody")) == Failure(NotFound("agents"))


def test_a_slug_has_a_length() -> None:
    body = {"slug": "x" * 81, "name": "x", "configuration": CONFIGURATIONS[0]}
    with pytest.raises(msgspec.ValidationError, match=r"80"):
        msgspec.json.decode(msgspec.json.encode(body), type=New[Agent])
