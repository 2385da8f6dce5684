"""Documents of what is modelled: columns, validations, relations, actions, views, stores, derived values."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from archetype.documents.conditions import Condition, Scalar
from archetype.ids import ActionId, ActionInputId, ColumnId, EntityTypeId, RelationId, StateMachineId

Count = Annotated[int, Meta(ge=0)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Share = Annotated[float, Meta(ge=0, le=1)]

# -------------------------------------------------------------------------------------------- how something looks


class Display(Struct, frozen=True, gc=False, omit_defaults=True):
    """How entities of a type are shown."""

    icon: str = "box"
    color: str = "gray"
    title_column: ColumnId | None = None
    subtitle_columns: list[ColumnId] = []


# ------------------------------------------------------------------------------------------------ types of columns


class TextColumn(Struct, frozen=True, gc=False, tag_field="type", tag="text"):
    """A text; `long` in several lines."""

    long: bool = False
    max_length: Count | None = None


class NumberColumn(Struct, frozen=True, gc=False, tag_field="type", tag="number"):
    """A number, with some digits behind the point."""

    decimals: Annotated[int, Meta(ge=0, le=10)] = 0
    unit: str = ""


class MoneyColumn(Struct, frozen=True, gc=False, tag_field="type", tag="money"):
    """An amount in one currency."""

    currency: Annotated[str, Meta(min_length=3, max_length=3)]


class DateColumn(Struct, frozen=True, gc=False, tag_field="type", tag="date"):
    """A day, or a point in time."""

    with_time: bool = False


class BooleanColumn(Struct, frozen=True, gc=False, tag_field="type", tag="boolean"):
    """Yes or no."""


class Option(Struct, frozen=True, gc=False):
    """What may be chosen."""

    value: Name
    label: Name
    color: str = "gray"


class SelectColumn(Struct, frozen=True, gc=False, tag_field="type", tag="select"):
    """One, or several, of some options."""

    options: list[Option]
    several: bool = False


class ReferenceColumn(Struct, frozen=True, gc=False, tag_field="type", tag="reference"):
    """An entity of a type, by a relation."""

    entity_type_id: EntityTypeId
    relation_id: RelationId


class StateColumn(Struct, frozen=True, gc=False, tag_field="type", tag="state"):
    """Where an entity is in a state machine."""

    state_machine_id: StateMachineId


class FileColumn(Struct, frozen=True, gc=False, tag_field="type", tag="file"):
    """Files of some kinds."""

    media_types: list[str] = []
    max_bytes: Count = 10_000_000


ColumnType: TypeAlias = (
    TextColumn
    | NumberColumn
    | MoneyColumn
    | DateColumn
    | BooleanColumn
    | SelectColumn
    | ReferenceColumn
    | StateColumn
    | FileColumn
)
"""A tagged union: the field `type` of the document says which."""

# ---------------------------------------------------------------------------------------------------- validations


class Required(Struct, frozen=True, gc=False, tag_field="rule", tag="required"):
    """There is a value."""


class Length(Struct, frozen=True, gc=False, tag_field="rule", tag="length"):
    """A text is so long."""

    shortest: Count = 0
    longest: Count | None = None


class Between(Struct, frozen=True, gc=False, tag_field="rule", tag="between"):
    """A number lies there; an end that is None is open. Decimals, as money is compared with them: texts in JSON."""

    low: Decimal | None = None
    high: Decimal | None = None


class Matches(Struct, frozen=True, gc=False, tag_field="rule", tag="matches"):
    """A text matches a regular expression."""

    pattern: Name


class Holds(Struct, frozen=True, gc=False, tag_field="rule", tag="holds"):
    """A condition over the whole entity holds."""

    condition: Condition


ValidationRule: TypeAlias = Required | Length | Between | Matches | Holds
"""A tagged union: the field `rule` of the document says which."""

# ------------------------------------------------------------------------------------------------------ relations


class ColumnStorage(Struct, frozen=True, gc=False, tag_field="kind", tag="column"):
    """The reference is a column of the table on one side."""

    column: Name
    on: Literal["from", "to"] = "from"


class TableStorage(Struct, frozen=True, gc=False, tag_field="kind", tag="table"):
    """The pairs stand in a table of their own."""

    table: Name
    from_column: Name
    to_column: Name


RelationStorage: TypeAlias = ColumnStorage | TableStorage
"""A tagged union: the field `kind` of the document says which."""

# -------------------------------------------------------------------------------------------------------- actions


class ActionInput(Struct, frozen=True, gc=False):
    """What an action asks for before it runs."""

    action_input_id: ActionInputId
    name: Name
    type: ColumnType
    required: bool = True
    default: Scalar = None


class FromInput(Struct, frozen=True, gc=False, tag_field="from", tag="input"):
    """A value that the user gives."""

    action_input_id: ActionInputId


class FromColumn(Struct, frozen=True, gc=False, tag_field="from", tag="column"):
    """A value that the entity has."""

    column_id: ColumnId


class Fixed(Struct, frozen=True, gc=False, tag_field="from", tag="fixed"):
    """The same value always."""

    value: Scalar


Source: TypeAlias = FromInput | FromColumn | Fixed
"""A tagged union: the field `from` of the document says which."""


class CreateEntity(Struct, frozen=True, gc=False, tag_field="do", tag="create"):
    """Make an entity."""

    entity_type_id: EntityTypeId
    values: dict[ColumnId, Source] = {}


class UpdateEntity(Struct, frozen=True, gc=False, tag_field="do", tag="update"):
    """Change the entity that the action is run on."""

    values: dict[ColumnId, Source]


class DeleteEntity(Struct, frozen=True, gc=False, tag_field="do", tag="delete"):
    """Delete it."""


class CallWebhook(Struct, frozen=True, gc=False, tag_field="do", tag="webhook"):
    """Tell another system; what authorizes the call is kept elsewhere, under a name."""

    url: Name
    method: Literal["POST", "PUT"] = "POST"
    credential: Name | None = None


class RunAction(Struct, frozen=True, gc=False, tag_field="do", tag="run"):
    """Run another action."""

    action_id: ActionId
    inputs: dict[ActionInputId, Source] = {}


class Branch(Struct, frozen=True, gc=False, tag_field="do", tag="branch"):
    """Some steps, or others."""

    condition: Condition
    then: list[Step]
    otherwise: list[Step] = []


Step: TypeAlias = CreateEntity | UpdateEntity | DeleteEntity | CallWebhook | RunAction | Branch
"""A tagged union that holds itself: the field `do` of the document says which."""


class ActionDefinitionV1(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What an action did when it had one step."""

    step: Step


class ActionDefinition(Struct, frozen=True, gc=False):
    """What an action does, step by step, all of it or nothing."""

    steps: list[Step]
    precondition: Condition | None = None
    version: Literal[2] = 2


def action_definition_of_v1(old: ActionDefinitionV1) -> ActionDefinition:
    """Today's definition of that of before."""
    return ActionDefinition([old.step])


# ---------------------------------------------------------------------------------------------------------- views


class Sort(Struct, frozen=True, gc=False):
    """By which column."""

    column_id: ColumnId
    descending: bool = False


class ViewDefinition(Struct, frozen=True, gc=False):
    """Which entities and columns a view shows, and how."""

    columns: list[ColumnId]
    filter: Condition | None = None
    sort: list[Sort] = []
    group_by: ColumnId | None = None
    page_size: Annotated[int, Meta(ge=1, le=500)] = 50


# --------------------------------------------------------------------------------------------------------- stores


class PostgresStore(Struct, frozen=True, gc=False, tag_field="kind", tag="postgres"):
    """Tables of a PostgreSQL."""

    host: Name
    database: Name
    schema: Name = "public"
    port: Annotated[int, Meta(ge=1, le=65535)] = 5432


class SnowflakeStore(Struct, frozen=True, gc=False, tag_field="kind", tag="snowflake"):
    """Tables of a Snowflake account."""

    account: Name
    warehouse: Name
    database: Name


class BigQueryStore(Struct, frozen=True, gc=False, tag_field="kind", tag="bigquery"):
    """Tables of a BigQuery data set."""

    project: Name
    dataset: Name


StoreConfig: TypeAlias = PostgresStore | SnowflakeStore | BigQueryStore
"""A tagged union: the field `kind` of the document says which."""

# ------------------------------------------------------------------------------------------------- derived and AI


class Formula(Struct, frozen=True, gc=False, tag_field="kind", tag="formula"):
    """Computed of the entity's own columns."""

    text: Name
    columns: list[ColumnId]


class Rollup(Struct, frozen=True, gc=False, tag_field="kind", tag="rollup"):
    """Computed of the entities that a relation leads to."""

    relation_id: RelationId
    of: Literal["count", "sum", "min", "max", "average"]
    column_id: ColumnId | None = None


class Lookup(Struct, frozen=True, gc=False, tag_field="kind", tag="lookup"):
    """What another entity has."""

    relation_id: RelationId
    column_id: ColumnId


Derivation: TypeAlias = Formula | Rollup | Lookup
"""A tagged union: the field `kind` of the document says which."""


class RelationPath(Struct, frozen=True, gc=False):
    """A relation that follows from others, one after the other."""

    through: list[RelationId]
    filter: Condition | None = None


class AiModel(Struct, frozen=True, gc=False):
    """Which model is asked, and how."""

    name: Name
    temperature: Annotated[float, Meta(ge=0, le=2)] = 0.0
    max_tokens: Annotated[int, Meta(ge=1)] = 1024


class AiInstructions(Struct, frozen=True, gc=False):
    """What a model is to find out, of which columns; under a confidence it says nothing."""

    prompt: Annotated[str, Meta(min_length=1)]
    reads: list[ColumnId] = []
    examples: dict[str, str] = {}
    least_confidence: Share = 0.5
