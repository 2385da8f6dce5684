"""Who else keeps tables in a database: other migrators, and platforms, that are known by their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from qb.errors.outcome import unwrap
from qb.kit.config_choice import ChosenDatabase
from qb.kit.examination.diagnosis import Diagnosis, doubtful, good
from qb.kit.ours.keepers import KEEPERS, keeper_of, keeper_of_schema
from qb.kit.ours.migrators import journals_of_others
from qb.query.raw import sql
from qb.run.database.db import Db
from qb.types.identifier import PUBLIC

_THERE: Final = sql(r"""
SELECT n.nspname::text, coalesce(c.relname, '')::text
FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm')
WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema' AND NOT EXISTS (
  SELECT FROM pg_depend d WHERE d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass
    AND ((d.classid = 'pg_namespace'::regclass AND d.objid = n.oid)
      OR (d.classid = 'pg_class'::regclass AND d.objid = c.oid)))
ORDER BY 1, 2
""").rows(tuple[str, str])
_ROLES: Final = sql("SELECT rolname::text FROM pg_roles").rows(str)


def migrators(db: Db, database: ChosenDatabase) -> Iterator[Diagnosis]:
    """Whose tables are there, and whether the config knows of them."""
    journals = journals_of_others(db)
    found = _found(db, {(each.schema, each.table): each.keeper for each in journals})
    words = {each.name: each.migrator for each in KEEPERS if each.migrator is not None}
    rest = {name: words[name] for name in found if name in words and words[name] not in database.coexist}
    for name in rest:
        said = ", ".join(f'"{each}"' for each in sorted({*database.coexist, *rest.values()}))
        yield doubtful(
            "migrators",
            f"{name} keeps {_some(found[name])} here: qb leaves that alone, and what else it makes you leave out "
            "with exclude",
            f"coexist = [{said}]",
        )
    known = [f"{name} ({_some(found[name])})" for name in found if name not in rest]
    if known:
        yield good("migrators", f"left alone: {', '.join(known)}")
    elif not found:
        yield good("migrators", "nobody else keeps tables here")


def _found(db: Db, journals: Mapping[tuple[str, str], str]) -> dict[str, list[str]]:
    """What is there of each, in their order by name."""
    roles = frozenset(unwrap(db.all(_ROLES)))
    found: dict[str, list[str]] = {}
    for schema, name in unwrap(db.all(_THERE)):
        if (keeper := keeper_of_schema(schema, roles)) is not None:
            held = found.setdefault(keeper, [])
            if (whole := f"the schema {schema}") not in held:
                held.append(whole)
        elif (keeper := journals.get((schema, name)) or keeper_of(schema, name, roles)) is not None:
            found.setdefault(keeper, []).append(name if schema == PUBLIC else f"{schema}.{name}")
    found.pop("qb", None)  # our own journal
    return dict(sorted(found.items()))


def _some(names: Sequence[str]) -> str:
    more = len(names) - 3
    return ", ".join(names[:3]) + (f" and {more} more" if more > 0 else "")
