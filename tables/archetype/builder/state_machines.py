"""State machines of entity types, a row for each version, with their states and transitions."""

from archetype.documents.conditions import Condition
from archetype.ids import (
    ActionId,
    ColumnId,
    EntityTypeId,
    OrganizationId,
    StateId,
    StateMachineId,
    StateMachineVersionId,
    TransitionId,
)
from archetype.labels import VersionStatus
from qb import Col, column, foreign_key, index, new, pg, references, unique
from tables.archetype.auth.organizations import Organization
from tables.archetype.builder.entity_types import EntityType, version_status
from tables.archetype.shared import Timestamped, fresh


class StateMachine(Timestamped, name="state_machine_metadata", schema="builder"):
    """Where entities can be, and how they get there; `state_machine_id` is it through all its versions."""

    state_machine_metadata_version_id: Col[StateMachineVersionId] = column(
        pg.varchar, primary_key=True, default=fresh(StateMachineVersionId)
    )
    state_machine_id: Col[StateMachineId] = column(pg.varchar, default=fresh(StateMachineId))
    version_number: Col[int] = column(pg.integer, check=lambda number: number > 0)
    status: Col[VersionStatus] = column(version_status, default=VersionStatus.DRAFT)
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade"), index=True
    )
    entity_type_id: Col[EntityTypeId] = column(
        pg.varchar, references=references(EntityType.entity_type_id, on_delete="cascade"), index=True
    )
    column_id: Col[ColumnId] = column(pg.varchar, comment="where an entity keeps the state that it is in")
    name: Col[str] = column(pg.varchar(200))


class State(Timestamped, name="state_machine_state", schema="builder"):
    """Where an entity can be."""

    state_id: Col[StateId] = column(pg.varchar, primary_key=True, default=fresh(StateId))
    state_machine_metadata_version_id: Col[StateMachineVersionId] = column(
        pg.varchar, references=references(StateMachine.state_machine_metadata_version_id, on_delete="cascade")
    )
    api_name: Col[str] = column(pg.varchar(63))
    name: Col[str] = column(pg.varchar(200))
    color: Col[str] = column(pg.varchar(20), default="gray")
    position: Col[int] = column(pg.integer, default=0)
    is_initial: Col[bool] = column(pg.boolean, default=False)
    is_final: Col[bool] = column(pg.boolean, default=False)


class Transition(Timestamped, name="state_machine_transition", schema="builder"):
    """How an entity gets from one state to another of the same machine; an action may be what does it."""

    transition_id: Col[TransitionId] = column(pg.varchar, primary_key=True, default=fresh(TransitionId))
    state_machine_metadata_version_id: Col[StateMachineVersionId] = column(pg.varchar)
    from_state_id: Col[StateId] = column(pg.varchar)
    to_state_id: Col[StateId] = column(pg.varchar)
    name: Col[str] = column(pg.varchar(200))
    action_id: Col[ActionId | None] = column(pg.varchar, default=None)
    condition: Col[Condition | None] = column(pg.jsonb, default=None)


NewStateMachine = new(StateMachine)
NewState = new(State)
NewTransition = new(Transition)

state_machine_version_number = unique(
    StateMachine.state_machine_id, StateMachine.version_number, name="state_machine_metadata_version_number_key"
)
state_of_machine = unique(
    State.state_machine_metadata_version_id, State.state_id, name="state_machine_state_machine_key"
)
state_name = unique(State.state_machine_metadata_version_id, State.api_name, name="state_machine_state_api_name_key")
one_initial_state = index(
    "state_machine_state_initial_key", State.state_machine_metadata_version_id, unique=True, where=State.is_initial
)
# With the machine in both keys, no transition leads out of its machine.
from_state = foreign_key(
    (Transition.state_machine_metadata_version_id, Transition.from_state_id),
    references=(State.state_machine_metadata_version_id, State.state_id),
    on_delete="cascade",
    name="state_machine_transition_from_state_fkey",
)
to_state = foreign_key(
    (Transition.state_machine_metadata_version_id, Transition.to_state_id),
    references=(State.state_machine_metadata_version_id, State.state_id),
    on_delete="cascade",
    name="state_machine_transition_to_state_fkey",
)
transitions_from = index(
    "state_machine_transition_from_state_idx", Transition.state_machine_metadata_version_id, Transition.from_state_id
)
transitions_to = index(
    "state_machine_transition_to_state_idx", Transition.state_machine_metadata_version_id, Transition.to_state_id
)
