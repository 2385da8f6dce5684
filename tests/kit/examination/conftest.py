"""A database and a role for the doctor to look at: both are gone after the test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from qb.kit import ChosenDatabase, Diagnosis, choose, doctor
from qb.kit.config_file import config_of
from tests.documents import empty_database


class Patient(NamedTuple):
    """An empty database, and a role that may connect to it and do nothing else."""

    url: str
    """As the superuser."""
    login: str
    """As that role."""
    role: str
    database: str

    def run(self, *statements: str | None) -> None:
        """Statements of the superuser's, `{role}` and `{database}` in them being these."""
        with psycopg.Connection.connect(self.url, autocommit=True) as connection:
            for each in statements:
                assert each is not None
                connection.execute(each.format(role=self.role, database=self.database).encode())

    def chosen(self, *lines: str, url: str | None = None, schema: str | None = None, **environ: str) -> ChosenDatabase:
        """It as a config says it, by default as its role."""
        said = [*lines, *([] if schema is None else [f'schema = "{schema}"'])]
        text = "\n".join(("[tool.qb.databases.default]", 'url = "env:SHOP"', *said, ""))
        environ["SHOP"] = self.login if url is None else url
        return choose(config_of(text, "pyproject.toml"), environ=environ).unwrap()

    def findings(
        self, *lines: str, url: str | None = None, schema: str | None = None, **environ: str
    ) -> list[Diagnosis]:
        """What the doctor finds, but for what is as it should be."""
        found = doctor(self.chosen(*lines, url=url, schema=schema, **environ))
        return [each for each in found if each.level != "ok"]

    def about(
        self, check: str, *lines: str, url: str | None = None, **environ: str
    ) -> list[tuple[str, str, str | None]]:
        """The same of one check: level, message and fix."""
        found = self.findings(*lines, url=url, schema=f"{TABLES}:shop", **environ)
        return [(each.level, each.message, each.fix) for each in found if each.check == check]


TABLES = "tests.kit.examination.shop"


@pytest.fixture
def patient(qb_url: str) -> Iterator[Patient]:
    with empty_database(qb_url) as url:
        database = str(conninfo_to_dict(url)["dbname"])
        role = f"{database}_doctor"
        made = Patient(url, url.replace("postgres@", f"{role}@"), role, database)
        made.run('CREATE ROLE "{role}" LOGIN')
        try:
            yield made
        finally:
            with psycopg.Connection.connect(url, autocommit=True) as connection:
                for each in (
                    f'ALTER DATABASE "{database}" RESET ALL',
                    f'DROP OWNED BY "{role}"',
                    f'DROP ROLE "{role}"',
                ):
                    connection.execute(each.encode())
