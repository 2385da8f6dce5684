"""Publications. https://www.postgresql.org/docs/current/sql-createpublication.html"""

from __future__ import annotations

from collections.abc import Iterator

from qb.ddl.operation import Create, Drop
from qb.model.publication import PUBLISHED_CHANGES, Publication, PublishedTable
from qb.model.target import Feature, Requirements
from qb.render.ddl.expression import expression
from qb.render.ddl.parts import dropped, names, table_name, unless_there
from qb.types.identifier import quoted

PUBLICATION = Feature("a publication", 10)
TRUNCATE = Feature("a publication of truncate", 11)
VIA_ROOT = Feature("via_partition_root", 13)
COLUMN_LISTS = Feature("some columns of a table in a publication", 15)
WHERE = Feature("some rows of a table in a publication", 15)
WHOLE_SCHEMAS = Feature("the schemas of a publication", 15)
GENERATED = Feature("generated columns in a publication", 18)


def create(publication: Publication, operation: Create, needs: Requirements) -> str:
    """CREATE PUBLICATION."""
    needs.add(PUBLICATION, publication.identity.title)
    parts = [f"CREATE {subject(publication)}"]
    if publication.all_tables:
        parts.append("FOR ALL TABLES")
    elif publication.tables or publication.schemas:
        parts.append(f"FOR {_members(publication, needs)}")
    if options := _options(Publication(None, publication.name), publication, needs):
        parts.append(f"WITH ({options})")
    return unless_there(" ".join(parts), operation.if_not_exists)


def alter(before: Publication, after: Publication, needs: Requirements) -> Iterator[str]:
    """ALTER PUBLICATION."""
    if (before.tables, before.schemas) != (after.tables, after.schemas):
        if after.tables or after.schemas:
            yield f"ALTER {subject(after)} SET {_members(after, needs)}"
        else:
            yield f"ALTER {subject(after)} DROP {_members(before, needs, bare=True)}"
    if options := _options(before, after, needs):
        yield f"ALTER {subject(after)} SET ({options})"


def drop(publication: Publication, operation: Drop) -> str:
    """DROP PUBLICATION."""
    return dropped(operation, "PUBLICATION", quoted(publication.name))


def subject(publication: Publication) -> str:
    """What COMMENT ON calls it."""
    return f"PUBLICATION {quoted(publication.name)}"


def _members(publication: Publication, needs: Requirements, *, bare: bool = False) -> str:
    where = publication.identity.title
    found = [f"TABLE {_table(each, needs, where, bare)}" for each in publication.tables]
    if publication.schemas:
        needs.add(WHOLE_SCHEMAS, where)
        found += [f"TABLES IN SCHEMA {quoted(each)}" for each in publication.schemas]
    return ", ".join(found)


def _table(item: PublishedTable, needs: Requirements, where: str, bare: bool) -> str:
    made = table_name(item.table)
    if item.columns and not bare:
        needs.add(COLUMN_LISTS, where)
        made += f" {names(item.columns)}"
    if item.where is not None and not bare:
        needs.add(WHERE, where)
        made += f" WHERE ({expression(item.where, needs, where)})"
    return made


def _options(before: Publication, after: Publication, needs: Requirements) -> str:
    where, found = after.identity.title, list[str]()
    if "truncate" in after.publish and after.publish != PUBLISHED_CHANGES:
        needs.add(TRUNCATE, where)
    if before.publish != after.publish:
        found.append(f"publish = '{', '.join(after.publish)}'")
    if before.via_partition_root != after.via_partition_root:
        needs.add(VIA_ROOT, where)
        found.append(f"publish_via_partition_root = {str(after.via_partition_root).lower()}")
    if before.generated != after.generated:
        needs.add(GENERATED, where)
        found.append(f"publish_generated_columns = {'stored' if after.generated else 'none'}")
    return ", ".join(found)
