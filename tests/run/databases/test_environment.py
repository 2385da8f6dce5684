"""Settings from an environment: what is read, and what is said of what is wrong, which is never its value."""

from __future__ import annotations

import base64

import pytest
from psycopg.conninfo import conninfo_to_dict

from qb import DefinitionError, Success
from qb.databases import DatabaseBounds, DatabaseSettings, EncryptionKeys, PlainAddress, read_settings

KEY, OLD = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))


def test_everything_is_read() -> None:
    found = read_settings(
        {
            "DATABASE_URL": "postgresql://ada:pa55@db.example/shop",
            "DATABASE_MAX_SIZE": " 7 ",
            "DATABASE_TIMEOUT": "2.5",
            "DATABASE_IDLE_TIMEOUT": "40",
            "DATABASE_STATEMENT_TIMEOUT": "9",
            "DATABASE_LOCK_TIMEOUT": "0",
            "DATABASE_PREPARE": "No",
            "DATABASE_ENCRYPTION_KEY_B64": f"{KEY}, {OLD}",
            "DATABASE_ENCRYPTION_IV_LENGTH": "16",
            "DATABASES_MAX_SIZE": "1",
            "DATABASES_OPEN": "3",
            "DATABASES_LINKS": "4",
            "DATABASES_TTL": "5",
            "DATABASES_IDLE": "6",
            "HOME": "/home/ada",
        }
    )
    assert found.address == PlainAddress("postgresql://ada:pa55@db.example/shop")
    assert (found.max_size, found.timeout, found.statement_timeout, found.lock_timeout) == (7, 2.5, 9.0, 0.0)
    assert found.prepare is False
    assert found.idle_timeout == 40
    assert found.bounds == DatabaseBounds(max_size=1, databases=3, links=4, ttl=5.0, idle=6.0)
    keys = found.keys
    assert keys is not None
    assert keys.iv_length == 16
    assert keys.decrypt(EncryptionKeys(OLD, iv_length=16).encrypt("x", of=1), of=1) == Success("x")
    assert not keys.unbound
    assert "pa55" not in repr(found)
    assert "db.example" not in repr(found)
    assert KEY not in repr(found)


def test_nothing_is_what_is_meant_without_it() -> None:
    assert read_settings({}) == DatabaseSettings()
    assert read_settings({"PATH": "/bin"}).address is None


def test_what_libpq_reads_is_read() -> None:
    said = {"PGHOST": "h", "PGPORT": "6432", "PGUSER": "ada", "PGPASSWORD": "p a'55", "PGDATABASE": "shop"}
    found = read_settings(said | {"PGSSLMODE": "require", "PGAPPNAME": "x", "PGOPTIONS": "-c lock_timeout=1"})
    assert conninfo_to_dict(found.url) == {
        "host": "h",
        "port": "6432",
        "user": "ada",
        "password": "p a'55",
        "dbname": "shop",
        "sslmode": "require",
        "application_name": "x",
        "options": "-c lock_timeout=1",
    }
    both = read_settings(said | {"DATABASE_URL": "postgresql://grace@other/"})
    assert conninfo_to_dict(both.url) == {
        "host": "other",
        "port": "6432",
        "user": "grace",
        "password": "p a'55",
        "dbname": "shop",
    }


BASE64 = "base64 of 16, 24 or 32 random bytes"
WRONG: dict[tuple[str, str], str] = {
    ("DATABASE_URL", ""): "DATABASE_URL: the database's address is empty",
    ("DATABASE_URL", "s3cret://x"): "DATABASE_URL: the address begins with postgresql://",
    ("DATABASE_URL", "postgresql://ada:s3cret@x@y/z"): "DATABASE_URL: the database's address cannot be read",
    ("DATABASE_URL", "s3cret"): "DATABASE_URL: the database's address cannot be read: libpq does not understand it",
    ("PGPORT", "s3cret"): "PGPORT is no port: give a number from 1 to 65535",
    ("PGPORT", "65536"): "PGPORT is no port",
    ("PGSSLMODE", "s3cret"): "PGSSLMODE is no mode: give one of disable, allow",
    ("PGHOST", "s3cret@x"): "PGHOST and the other PG* variables do not make an address",
    ("DATABASE_MAX_SIZE", "s3cret"): "DATABASE_MAX_SIZE is no whole number from 1: give one, such as 10",
    ("DATABASE_MAX_SIZE", "0"): "DATABASE_MAX_SIZE is no whole number from 1",
    ("DATABASE_TIMEOUT", "s3cret"): "DATABASE_TIMEOUT is no number of seconds: give one, such as 30 or 0.5",
    ("DATABASE_TIMEOUT", "-1"): "DATABASE_TIMEOUT is no number",
    ("DATABASE_IDLE_TIMEOUT", "s3cret"): "DATABASE_IDLE_TIMEOUT is no number of seconds above 0: give one, such as 60",
    ("DATABASE_IDLE_TIMEOUT", "0"): "DATABASE_IDLE_TIMEOUT is no number of seconds above 0",
    ("DATABASE_STATEMENT_TIMEOUT", "inf"): "DATABASE_STATEMENT_TIMEOUT is no number",
    ("DATABASE_LOCK_TIMEOUT", "nan"): "DATABASE_LOCK_TIMEOUT is no number",
    ("DATABASE_PREPARE", "s3cret"): "DATABASE_PREPARE is neither yes nor no: give true or false",
    ("DATABASE_ENCRYPTION_KEY_B64", "s3cret"): f"DATABASE_ENCRYPTION_KEY_B64: the key is not base64: give {BASE64}",
    ("DATABASE_ENCRYPTION_KEY_B64", "czNjcmV0"): "DATABASE_ENCRYPTION_KEY_B64: the key has another length than 16",
    ("DATABASE_ENCRYPTION_KEY_B64", f"{KEY},czNjcmV0"): "DATABASE_ENCRYPTION_KEY_B64: key 2 of 2 has another length",
    ("DATABASE_ENCRYPTION_KEY_B64", ""): "DATABASE_ENCRYPTION_KEY_B64: the key has another length",
    ("DATABASE_ENCRYPTION_IV_LENGTH", "13"): "DATABASE_ENCRYPTION_IV_LENGTH is no length of an IV: give 12 or 16",
    ("DATABASES_OPEN", "s3cret"): "DATABASES_OPEN is no whole number from 1: give one, such as 50",
    ("DATABASES_TTL", "s3cret"): "DATABASES_TTL is no number of seconds",
}


@pytest.mark.parametrize(("variable", "said"), WRONG.items(), ids=lambda each: each[0] if len(each) == 2 else "")
def test_what_is_wrong_is_named_and_not_shown(variable: tuple[str, str], said: str) -> None:
    name, value = variable
    with pytest.raises(DefinitionError) as caught:
        read_settings({name: value, "PGPASSWORD": "s3cret"})
    assert said in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert "czNjcmV0" not in str(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_all_of_it_is_told_at_once() -> None:
    with pytest.raises(DefinitionError) as caught:
        read_settings({"DATABASE_MAX_SIZE": "x", "PGPORT": "x", "DATABASE_ENCRYPTION_KEY_B64": "x"})
    assert len(str(caught.value).splitlines()) == 4


def test_the_process_s_own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ada@localhost/shop")
    assert conninfo_to_dict(read_settings().url)["user"] == "ada"


def test_settings_connect(qb_url: str) -> None:
    settings = DatabaseSettings(address=PlainAddress(qb_url), max_size=1, lock_timeout=1.0, idle_timeout=5.0)
    with settings.connect() as db:
        assert db.ping() == Success(None)
        assert db._pool.idle_timeout == 5.0  # pyright: ignore[reportPrivateUsage]
        assert db.pool.size == 1


@pytest.mark.anyio
async def test_settings_connect_coroutines(qb_url: str) -> None:
    async with DatabaseSettings(address=PlainAddress(qb_url)).connect_async() as db:
        assert await db.ping() == Success(None)
