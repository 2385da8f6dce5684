"""Archetype's builder database: organizations, what they model in versions, and what happens with it.

`schema` holds its 77 tables, in the schemas auth, billing_tracking, builder, marketing and public;
`organization.schema` the little that every organization's own database has; `queries` what is asked of the builder
database, `repositories` the operations. The plan names the tables, and few of their columns: the others are designed.
"""

from qb import schema as _schema
from qb import trigger as _trigger
from tables.archetype import kysely
from tables.archetype.auth import inboxes, members, organizations
from tables.archetype.billing_tracking import customers, usage
from tables.archetype.builder import (
    actions,
    catalog,
    columns,
    derived,
    emails,
    entities,
    entity_types,
    fakes,
    features,
    history,
    onboarding,
    relations,
    runs,
    state_machines,
    stores,
    workspaces,
)
from tables.archetype.marketing import homepages, pages
from tables.archetype.shared import Timestamped, touch

modules = (
    organizations,
    members,
    inboxes,
    customers,
    usage,
    entity_types,
    columns,
    relations,
    actions,
    state_machines,
    workspaces,
    catalog,
    stores,
    derived,
    history,
    runs,
    entities,
    emails,
    onboarding,
    features,
    fakes,
    pages,
    homepages,
    kysely,
)

_tables = {
    each.__qualname__: each
    for module in modules
    for each in vars(module).values()
    if isinstance(each, type) and issubclass(each, Timestamped) and each is not Timestamped
}
# Each table that says when it was last changed: whoever changes it, in SQL by hand, too.
touched = tuple(_trigger(each, touch, before="update") for each in _tables.values())

schema = _schema(*modules, touch, *touched, name="archetype", checked=True)
