"""The JSON documents, as Structs: what is stored is what is declared here, and what does not fit is never half read.

A row that holds a wrong document is a DecodeError with its path; a body from outside is refused by
`promptliano.guards`. None of them can hold a cycle, so the garbage collector need not track them (`gc=False`).
"""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from promptliano.ids import ProjectId

Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]

# ---------------------------------------------------------------------------------------------------------- tickets


class TicketMetadata(Struct, frozen=True, gc=False, omit_defaults=True):
    """Where a ticket came from; `extra` is for what integrations add. What is empty is left out: nothing is `{}`."""

    source: str = ""
    score: float = 0.0
    labels: list[str] = []
    extra: dict[str, object] = {}


# ------------------------------------------------------------------------------------------------------------ chats


class TokenUsage(Struct, frozen=True, gc=False):
    """What an answer of a model cost, in tokens."""

    input_tokens: Count
    output_tokens: Count
    cache_read_tokens: Count = 0


class ToolCall(Struct, frozen=True, gc=False):
    """A tool that a model asked for."""

    name: Name
    arguments: dict[str, object]


class MessageMetadata(Struct, frozen=True, gc=False, omit_defaults=True):
    """How a message came to be."""

    model: str | None = None
    usage: TokenUsage | None = None
    tool_calls: list[ToolCall] = []


# ------------------------------------------------------------------------------------------------------------ files


class Import(Struct, frozen=True, gc=False, omit_defaults=True):
    """An import statement of a source file: the module, and the names taken from it."""

    source: str
    names: list[str] = []
    kind: Literal["named", "default", "namespace"] = "named"


class Export(Struct, frozen=True, gc=False, omit_defaults=True):
    """A name that a source file offers; `source` is where it only passes it on from."""

    name: str
    source: str | None = None


# ----------------------------------------------------------------------------------------------------------- agents


class Anthropic(Struct, frozen=True, gc=False, tag_field="provider", tag="anthropic"):
    """A model of Anthropic's; `thinking_tokens` is its budget for extended thinking."""

    model: Name
    max_tokens: Positive = 4096
    thinking_tokens: Positive | None = None


class OpenAi(Struct, frozen=True, gc=False, tag_field="provider", tag="openai"):
    """A model of OpenAI's."""

    model: Name
    max_tokens: Positive = 4096
    effort: Literal["low", "medium", "high"] = "medium"


class Local(Struct, frozen=True, gc=False, tag_field="provider", tag="local"):
    """A model on a machine of one's own, behind an address that speaks a common protocol."""

    model: Name
    base_url: Annotated[str, Meta(pattern=r"^https?://")]
    context_tokens: Positive = 8192


AgentModel: TypeAlias = Anthropic | OpenAi | Local
"""A tagged union: the field `provider` of the document says which."""


class AgentConfiguration(Struct, frozen=True, gc=False):
    """How an agent runs."""

    model: AgentModel
    temperature: Annotated[float, Meta(ge=0, le=2)] = 1.0
    tools: list[Name] = []


class FlatConfiguration(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """How an agent ran before a model was a document of its own: rows of then are still there."""

    provider: Literal["anthropic", "openai"]
    model: Name
    max_tokens: Positive = 4096
    temperature: Annotated[float, Meta(ge=0, le=2)] = 1.0


def nested(old: FlatConfiguration) -> AgentConfiguration:
    """The same in the shape of today."""
    models = {"anthropic": Anthropic, "openai": OpenAi}
    return AgentConfiguration(models[old.provider](old.model, old.max_tokens), old.temperature)


# ------------------------------------------------------------------------------------- user preferences and settings


class Panels(Struct, frozen=True, gc=False):
    """Which parts of the window are folded away."""

    prompts_collapsed: bool = False
    files_collapsed: bool = False


class Preferences(Struct, frozen=True, gc=False):
    """What a user chose. Every field has a default, so a document written before a field existed can still be read."""

    theme: Literal["light", "dark", "system"] = "system"
    editor: Literal["vscode", "cursor", "webstorm"] = "vscode"
    ticket_order: Literal["newest", "oldest", "priority"] = "newest"
    context_tokens: Positive = 100_000
    pinned_projects: list[ProjectId] = []
    panels: Panels = Panels()


class Flag(Struct, frozen=True, gc=False, tag_field="kind", tag="flag"):
    """A setting that is on or off."""

    on: bool


class Number(Struct, frozen=True, gc=False, tag_field="kind", tag="number"):
    """A setting that is a number; `unit` says of what."""

    value: float
    unit: str = ""


class Text(Struct, frozen=True, gc=False, tag_field="kind", tag="text"):
    """A setting that is a text."""

    value: str


SettingValue: TypeAlias = Flag | Number | Text
"""A tagged union: the field `kind` of the document says which."""
