"""What was changed of actions, entity types and relations, when and by whom. Triggers write it, and nobody else.

Whoever edits says who he is by the setting `archetype.user_id` of his transaction
(`SELECT set_config('archetype.user_id', ..., true)`); without it nobody is named.
"""

from archetype.documents.work import Edit
from archetype.ids import (
    ActionEditId,
    ActionId,
    ActionVersionId,
    EntityTypeEditId,
    EntityTypeId,
    EntityTypeVersionId,
    OrganizationId,
    RelationEditId,
    RelationId,
    RelationVersionId,
    UserId,
)
from qb import Col, column, index, pg, references, sql, trigger, trigger_function
from tables.archetype.auth.organizations import Organization
from tables.archetype.builder.actions import Action
from tables.archetype.builder.entity_types import EntityType, EntityTypeVersion
from tables.archetype.builder.relations import EntityRelation
from tables.archetype.shared import Created, fresh


class ActionEdit(Created, name="action_edits_history", schema="builder"):
    """An edit of an action. It outlives the action, so it refers to none."""

    action_edit_id: Col[ActionEditId] = column(pg.varchar, primary_key=True, default=fresh(ActionEditId))
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade"), index=True
    )
    action_id: Col[ActionId] = column(pg.varchar)
    action_version_id: Col[ActionVersionId] = column(pg.varchar)
    edited_by_user_id: Col[UserId | None] = column(pg.varchar, default=None)
    edit: Col[Edit] = column(pg.jsonb)


class EntityTypeEdit(Created, name="entity_type_edits_history", schema="builder"):
    """An edit of a version of an entity type."""

    entity_type_edit_id: Col[EntityTypeEditId] = column(pg.varchar, primary_key=True, default=fresh(EntityTypeEditId))
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade"), index=True
    )
    entity_type_id: Col[EntityTypeId] = column(pg.varchar)
    entity_type_version_id: Col[EntityTypeVersionId] = column(pg.varchar)
    edited_by_user_id: Col[UserId | None] = column(pg.varchar, default=None)
    edit: Col[Edit] = column(pg.jsonb)


class RelationEdit(Created, name="relation_edits_history", schema="builder"):
    """An edit of a relation."""

    relation_edit_id: Col[RelationEditId] = column(pg.varchar, primary_key=True, default=fresh(RelationEditId))
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade"), index=True
    )
    relation_id: Col[RelationId] = column(pg.varchar)
    relation_version_id: Col[RelationVersionId] = column(pg.varchar)
    edited_by_user_id: Col[UserId | None] = column(pg.varchar, default=None)
    edit: Col[Edit] = column(pg.jsonb)


edits_of_an_action = index("action_edits_history_action_id_idx", ActionEdit.action_id, ActionEdit.created_at.desc())
edits_of_an_entity_type = index(
    "entity_type_edits_history_entity_type_id_idx", EntityTypeEdit.entity_type_id, EntityTypeEdit.created_at.desc()
)
edits_of_a_relation = index(
    "relation_edits_history_relation_id_idx", RelationEdit.relation_id, RelationEdit.created_at.desc()
)

keep_edit = trigger_function(
    "keep_edit",
    sql(
        """
        DECLARE
          was jsonb := to_jsonb(OLD) - 'updated_at';
          is_now jsonb := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(NEW) - 'updated_at' END;
          edit jsonb;
        BEGIN
          IF TG_OP = 'UPDATE' THEN
            SELECT jsonb_build_object(
              'kind', 'edited', 'before', jsonb_object_agg(key, was -> key), 'after', jsonb_object_agg(key, value)
            ) INTO edit FROM jsonb_each(is_now) WHERE value IS DISTINCT FROM was -> key HAVING count(*) > 0;
          ELSE
            edit := jsonb_build_object('kind', 'removed', 'before', was);
          END IF;
          IF edit IS NOT NULL THEN
            CASE TG_TABLE_NAME
              WHEN 'data_model_action' THEN
                INSERT INTO {actions} (organization_id, action_id, action_version_id, edited_by_user_id, edit)
                SELECT o.organization_id, was ->> 'action_id', was ->> 'action_version_id',
                  nullif(current_setting('archetype.user_id', true), ''), edit
                FROM {organizations} o WHERE o.organization_id = was ->> 'organization_id';
              WHEN 'data_model_entity_relation' THEN
                INSERT INTO {relations} (organization_id, relation_id, relation_version_id, edited_by_user_id, edit)
                SELECT o.organization_id, was ->> 'relation_id', was ->> 'relation_version_id',
                  nullif(current_setting('archetype.user_id', true), ''), edit
                FROM {organizations} o WHERE o.organization_id = was ->> 'organization_id';
              ELSE
                INSERT INTO {entity_types}
                  (organization_id, entity_type_id, entity_type_version_id, edited_by_user_id, edit)
                SELECT t.organization_id, t.entity_type_id, was ->> 'entity_type_version_id',
                  nullif(current_setting('archetype.user_id', true), ''), edit
                FROM {types} t WHERE t.entity_type_id = was ->> 'entity_type_id';
            END CASE;
          END IF;
          RETURN NULL;
        END
        """,
        actions=ActionEdit,
        relations=RelationEdit,
        entity_types=EntityTypeEdit,
        organizations=Organization,
        types=EntityType,
    ),
    schema="builder",
    comment="keeps what an update or a delete changed; of an organization that goes, nothing",
)
action_edits = trigger(Action, keep_edit, after=["update", "delete"])
entity_type_edits = trigger(EntityTypeVersion, keep_edit, after=["update", "delete"])
relation_edits = trigger(EntityRelation, keep_edit, after=["update", "delete"])

# The versions of an entity type go after it, and know its organization no more.
keep_versions = trigger_function(
    "keep_versions",
    sql(
        """
        BEGIN
          INSERT INTO {edits} (organization_id, entity_type_id, entity_type_version_id, edited_by_user_id, edit)
          SELECT o.organization_id, OLD.entity_type_id, v.entity_type_version_id,
            nullif(current_setting('archetype.user_id', true), ''),
            jsonb_build_object('kind', 'removed', 'before', to_jsonb(v))
          FROM {versions} v JOIN {organizations} o ON o.organization_id = OLD.organization_id
          WHERE v.entity_type_id = OLD.entity_type_id;
          RETURN OLD;
        END
        """,
        edits=EntityTypeEdit,
        versions=EntityTypeVersion,
        organizations=Organization,
    ),
    schema="builder",
    comment="keeps what goes with an entity type; of an organization that goes, nothing",
)
entity_type_gone = trigger(EntityType, keep_versions, before="delete")
