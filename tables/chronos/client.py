"""How the application connects: ten connections, kept for half a minute, and ten seconds to make one.

Through a pooler of Cloudflare's (`HYPERDRIVE_URL`) sessions are shared, so statements are sent whole; whoever listens,
or creates tables, takes the direct address.
"""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote

from msgspec import Meta, Struct, convert

from qb import AsyncDatabase, Database, connect, connect_async

Seconds = Annotated[int, Meta(ge=1)]


class Settings(Struct, frozen=True, kw_only=True):
    """Where the database is, and how many connections there are to it."""

    host: str = "localhost"
    port: Annotated[int, Meta(ge=1, le=65535)] = 5432
    database: str = "chronos"
    user: str = "chronos"
    password: str = ""
    max: Annotated[int, Meta(ge=1)] = 10
    idle_timeout: Seconds = 30
    connect_timeout: Seconds = 10
    prepare: bool = True
    pooler: str | None = None
    """The address of a pooler in transaction mode, where the application runs behind one."""

    def __repr__(self) -> str:
        return f"<settings for {self.database} on {self.host}:{self.port}>"

    @property
    def url(self) -> str:
        """The address of the server itself."""
        secret = f":{quote(self.password, safe='')}" if self.password else ""
        host = quote(self.host, safe="") if self.host.startswith("/") else self.host
        return (
            f"postgresql://{quote(self.user, safe='')}{secret}@{host}:{self.port}/{quote(self.database, safe='')}"
            f"?connect_timeout={self.connect_timeout}"
        )


def settings_of(environment: Mapping[str, str]) -> Settings:
    """The settings that an environment says: `CHRONOS_HOST`, `CHRONOS_MAX` and so on, and `HYPERDRIVE_URL`.

    msgspec.ValidationError names what is none.
    """
    names = {f"CHRONOS_{name.upper()}": name for name in Settings.__struct_fields__} | {"HYPERDRIVE_URL": "pooler"}
    given = {name: environment[key] for key, name in names.items() if key in environment}
    return convert(given, Settings, strict=False)


def open_database(settings: Settings) -> Database:
    """The database for threads."""
    return connect(
        settings.pooler or settings.url,
        max_size=settings.max,
        idle_timeout=settings.idle_timeout,
        prepare=settings.prepare and settings.pooler is None,
    )


def open_async(settings: Settings) -> AsyncDatabase:
    """The same for tasks."""
    return connect_async(
        settings.pooler or settings.url,
        max_size=settings.max,
        idle_timeout=settings.idle_timeout,
        prepare=settings.prepare and settings.pooler is None,
    )
