"""How entity types are found and looked at: categories, and views of one's own."""

from archetype.documents.model import ViewDefinition
from archetype.ids import CategoryId, CustomViewId, EntityTypeId, OrganizationId, OrganizationUserId
from archetype.labels import ViewKind
from qb import Col, check, column, fn, index, new, patch, pg, references, unique
from tables.archetype.auth.members import OrganizationUser
from tables.archetype.auth.organizations import Organization
from tables.archetype.builder.entity_types import EntityType
from tables.archetype.shared import Created, Timestamped, fresh


class Category(Timestamped, name="category", schema="builder"):
    """A heading that entity types stand under, and other headings."""

    category_id: Col[CategoryId] = column(pg.varchar, primary_key=True, default=fresh(CategoryId))
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade")
    )
    parent_category_id: Col[CategoryId | None] = column(
        pg.varchar, references=references(lambda: Category.category_id, on_delete="set null"), default=None, index=True
    )
    name: Col[str] = column(pg.varchar(200), check=lambda name: fn.length(fn.trim(name)) > 0)
    position: Col[int] = column(pg.integer, default=0)


class CategoryWithEntityType(Created, name="category_with_entity_type", schema="builder"):
    """That an entity type stands under a heading."""

    category_id: Col[CategoryId] = column(
        pg.varchar, primary_key=True, references=references(Category.category_id, on_delete="cascade")
    )
    entity_type_id: Col[EntityTypeId] = column(
        pg.varchar, primary_key=True, references=references(EntityType.entity_type_id, on_delete="cascade"), index=True
    )
    position: Col[int] = column(pg.integer, default=0)


class CustomView(Timestamped, name="custom_views", schema="builder"):
    """Entities of a type as somebody wants to see them; of nobody, it is everybody's."""

    custom_view_id: Col[CustomViewId] = column(pg.varchar, primary_key=True, default=fresh(CustomViewId))
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade"), index=True
    )
    entity_type_id: Col[EntityTypeId] = column(
        pg.varchar, references=references(EntityType.entity_type_id, on_delete="cascade"), index=True
    )
    owner_organization_user_id: Col[OrganizationUserId | None] = column(
        pg.varchar,
        references=references(OrganizationUser.organization_user_id, on_delete="cascade"),
        default=None,
        index=True,
    )
    name: Col[str] = column(pg.varchar(200), check=lambda name: fn.length(fn.trim(name)) > 0)
    kind: Col[ViewKind] = column(pg.text, default="table")
    definition: Col[ViewDefinition] = column(pg.jsonb)


NewCategory = new(Category)
NewCategoryWithEntityType = new(CategoryWithEntityType)
NewCustomView = new(CustomView)
CustomViewChanges = patch(CustomView)

categories_in_order = index("category_organization_id_idx", Category.organization_id, Category.position)
category_name = unique(
    Category.organization_id,
    Category.parent_category_id,
    Category.name,
    nulls_not_distinct=True,
    name="category_name_key",
)
not_under_itself = check("category_parent_check", Category.parent_category_id != Category.category_id)
