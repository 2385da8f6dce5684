"""Who else keeps tables in a database: other migrators, and platforms, that are known by their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, get_args

from qb.errors.outcome import unwrap
from qb.kit.config import Migrator
from qb.kit.config_choice import ChosenDatabase
from qb.kit.examination.diagnosis import Diagnosis, doubtful, good
from qb.kit.ours.keepers import keeper_of, keeper_of_schema
from qb.query.raw import sql
from qb.run.database.db import Db
from qb.types.identifier import PUBLIC

_SAYABLE: Final[frozenset[str]] = frozenset(get_args(Migrator))
"""What `coexist` takes."""

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
    found = _found(db)
    told = [name for name in found if name.lower() in database.coexist]
    rest = [name for name in found if name.lower() not in database.coexist]
    for name in rest:
        if name.lower() in _SAYABLE:
            keys = sorted({*database.coexist, *(each.lower() for each in rest if each.lower() in _SAYABLE)})
            said = ", ".join(f'"{each}"' for each in keys)
            yield doubtful(
                "migrators",
                f"{name} keeps {_some(found[name])} here: qb leaves that alone, and what else it makes you leave out "
                "with exclude",
                f"coexist = [{said}]",
            )
    known = [f"{name} ({_some(found[name])})" for name in found if name in told or name.lower() not in _SAYABLE]
    if known:
        yield good("migrators", f"left alone: {', '.join(known)}")
    elif not found:
        yield good("migrators", "nobody else keeps tables here")


def _found(db: Db) -> dict[str, list[str]]:
    """What is there of each, in their order by name."""
    roles = frozenset(unwrap(db.all(_ROLES)))
    found: dict[str, list[str]] = {}
    for schema, name in unwrap(db.all(_THERE)):
        if (keeper := keeper_of_schema(schema, roles)) is not None:
            held = found.setdefault(keeper, [])
            if (whole := f"the schema {schema}") not in held:
                held.append(whole)
        elif (keeper := keeper_of(schema, name, roles)) is not None:
            found.setdefault(keeper, []).append(name if schema == PUBLIC else f"{schema}.{name}")
    return dict(sorted(found.items()))


def _some(names: Sequence[str]) -> str:
    more = len(names) - 3
    return ", ".join(names[:3]) + (f" and {more} more" if more > 0 else "")
