"""Where the database is: a URL or libpq's key=value string, checked before use, and shown without its secrets.

https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
"""

import os
import re
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Final
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from qb.errors import DefinitionError
from qb.types.identifier import writable

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*)(\+[A-Za-z0-9_.-]+)?://")
_PARTS = re.compile(r"(?:[^@/]*@)?([^/?]*)(?:/([^?]*))?")  # whose, which hosts, which database
_PORT = re.compile(r"[0-9]*")
_HOST = re.compile(r"[@/].*|[^@/?#\s]*", re.DOTALL)  # the folder of a socket, an abstract socket, or a name
_SHOWN: Final = ("user", "host", "hostaddr", "port", "dbname")
"""All that `redact` shows. Everything else may be a secret: password, sslpassword, oauth_client_secret, options, ..."""


def conninfo(url: str | None = None, *, environ: Mapping[str, str] = os.environ) -> str:
    """The connection string for `url`, else for `DATABASE_URL`, else for the embedded server (see `embedded`).

    Takes `postgresql://` and `postgres://`, also with a driver as SQLAlchemy writes it (`postgresql+psycopg://`), and
    libpq's `host=... dbname=...`. DefinitionError for what libpq cannot read or would misread; it shows nothing of the
    address, because the pieces of a misread one may be the password's.

    >>> conninfo("postgres+psycopg://ada@localhost/app")
    'postgresql://ada@localhost/app'
    """
    given = url if url is not None else environ.get("DATABASE_URL")
    if given is None:
        from qb.run.server.embedded import embedded

        return embedded().url
    text = given.strip()
    if not text:
        which = "DATABASE_URL" if url is None else "the database's address"
        raise DefinitionError(f"{which} is empty: give one, or leave it unset for the embedded server")
    if not writable(text):
        raise DefinitionError("the database's address holds half of a surrogate pair, which no encoding can write")
    if "\0" in text:
        raise DefinitionError("the database's address holds a NUL character, at which libpq would stop reading it")
    if scheme := _SCHEME.match(text):
        if scheme[1].lower() not in ("postgresql", "postgres"):
            raise DefinitionError(f"qb speaks to PostgreSQL: the address begins with postgresql://, not {scheme[1]}://")
        text = f"postgresql://{text[scheme.end() :]}"
    if (problem := _problem(text)) is not None:
        raise DefinitionError(f"the database's address cannot be read: {problem}")
    return text


def with_database(address: str, name: str) -> str:
    """The same server and user, and another database.

    >>> redact(with_database("postgresql://ada@localhost/app", "other"))
    'postgresql://ada@localhost/other'
    """
    return make_conninfo(conninfo(address), dbname=name)


def with_password_apart(address: str) -> tuple[str, str | None]:
    """An address without its password, and that: others see the arguments of a program, and not its environment.

    >>> with_password_apart("postgresql://ada:secret@localhost/app")
    ('user=ada dbname=app host=localhost', 'secret')
    """
    parts = conninfo_to_dict(conninfo(address))
    password = parts.pop("password", None)
    return make_conninfo("", **parts), None if password is None else str(password)


def redact(conninfo: str) -> str:
    """An address to show: user, host, port and database, and nothing else.

    >>> redact("host=localhost user=ada password=secret dbname=app")
    'postgresql://ada@localhost/app'
    >>> redact("postgresql://a:5432,b/app?target_session_attrs=read-write")
    'postgresql://a:5432,b/app'
    """
    if _problem(conninfo) is not None:
        return "postgresql://(an address that cannot be read)"
    parts = {name: str(value) for name, value in conninfo_to_dict(conninfo).items() if name in _SHOWN and value}
    user = f"{quote(parts['user'], safe='')}@" if "user" in parts else ""
    host = parts.get("host") or parts.get("hostaddr", "")
    ports = parts.get("port", "")
    port = f":{ports}" if ports else ""
    database = parts.get("dbname", "")
    path = f"/{quote(database, safe='')}" if "=" not in database and "://" not in database else "/"
    if host.startswith(("/", "@")):  # a socket's folder, or an abstract socket
        return f"postgresql://{user}{port}{path}?host={quote(host, safe='/@,')}"
    return f"postgresql://{user}{','.join(_hosts(host, ports))}{path}"


def wants_primary(conninfo: str) -> bool:
    """Whether an address says that it means the server that writes, which may be another one tomorrow.

    >>> wants_primary("postgresql://a,b/app?target_session_attrs=read-write")
    True
    """
    return conninfo_to_dict(conninfo).get("target_session_attrs") in ("read-write", "primary")


def user_of(conninfo: str) -> str | None:
    """Whom an address names as its user; None where it names nobody.

    >>> user_of("postgresql://ada:secret@localhost/app")
    'ada'
    """
    found = conninfo_to_dict(conninfo).get("user")
    return str(found) if found else None


def has_password(conninfo: str) -> bool:
    """Whether an address itself says a password, of the user or of a key.

    >>> has_password("postgresql://ada:secret@localhost/app"), has_password("postgresql://ada@localhost/app")
    (True, False)
    """
    parts = conninfo_to_dict(conninfo)
    return any(parts.get(name) for name in ("password", "sslpassword", "oauth_client_secret"))


def is_readable(conninfo: str) -> bool:
    """Whether it is an address at all.

    >>> is_readable("postgresql://localhost/app"), is_readable("postgresql://[::1/app")
    (True, False)
    """
    return _problem(conninfo) is None


def stays_here(conninfo: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether an address leads to this machine and no other: a loopback address, or a socket.

    A service may be anywhere, and so may what PGHOST names. What listens here may be a tunnel, which nobody can tell.

    >>> stays_here("postgresql://ada@localhost/app"), stays_here("postgresql://a,localhost/app")
    (True, False)
    """
    parts = {name: str(value) for name, value in conninfo_to_dict(conninfo).items() if value}
    if "service" in parts or "PGSERVICE" in environ:
        return False
    hosts = parts.get("hostaddr") or environ.get("PGHOSTADDR") or parts.get("host") or environ.get("PGHOST", "")
    return all(_is_loopback(host) for host in hosts.split(","))


def _is_loopback(host: str) -> bool:
    if not host or host.startswith(("/", "@")) or host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def same_server(one: str, other: str) -> bool:
    """Whether two addresses name a server both, by host and port.

    >>> same_server("postgresql://ada@db/shop", "host=DB port=5432 dbname=scratch")
    True
    """
    return bool(_servers(one) & _servers(other))


def _servers(address: str) -> set[str]:
    parts = {name: str(value) for name, value in conninfo_to_dict(address).items() if value}
    if "service" in parts and not (parts.get("host") or parts.get("hostaddr")):
        return {f"service {parts['service']}"}  # which is wherever its file says
    hosts = (parts.get("host") or parts.get("hostaddr", "")).split(",")
    host = ",".join("localhost" if _is_loopback(each) and not each.startswith(("/", "@")) else each for each in hosts)
    named = {each.lower().removesuffix(":5432") for each in _hosts(host, parts.get("port", ""))}
    return named | {f"service {parts['service']}"} if "service" in parts else named


def whole_address(conninfo: str, environ: Mapping[str, str]) -> str:
    """An address with all that libpq would take from the environment (PGHOST, PGPASSWORD, ...): whoever connects later
    needs no environment. What a service says comes before the environment, so nothing is added to one.

    >>> redact(whole_address("postgresql://ada@/shop", {"PGHOST": "db.example.com", "PGUSER": "bob"}))
    'postgresql://ada@db.example.com/shop'
    """
    said = {name for name, value in conninfo_to_dict(conninfo).items() if value}
    if "service" in said or "PGSERVICE" in environ:
        return conninfo
    taken: dict[str, str] = {}
    for option in psycopg.pq.Conninfo.get_defaults():
        name, variable = option.keyword.decode(), (option.envvar or b"").decode()
        if environ.get(variable) and name not in said:
            taken[name] = environ[variable]
    return make_conninfo(conninfo, **taken) if taken else conninfo


IMPATIENT: Final = {"keepalives_idle": 3, "keepalives_interval": 1, "keepalives_count": 3, "tcp_user_timeout": 5_000}
"""A replica that is gone without a word is not waited for, as somebody else has the same rows."""


def replica_addresses(given: Sequence[str]) -> tuple[str, ...]:
    """The connection strings of replicas, with less patience than for the primary unless they say their own."""
    if isinstance(given, str):
        raise DefinitionError("replicas takes several addresses: write replicas=[...] around the one")
    found: list[str] = []
    for each in given:
        text = conninfo(each)
        said = conninfo_to_dict(text)
        wanted: dict[str, int] = {name: value for name, value in IMPATIENT.items() if name not in said}
        if "connect_timeout" not in said:
            wanted["connect_timeout"] = 3
        found.append(make_conninfo(text, **wanted))
    return tuple(found)


def _hosts(host: str, port: str) -> list[str]:
    """Each with its port. One port is that of all hosts, an empty one the usual."""
    hosts, ports = host.split(","), port.split(",")
    every = ports * len(hosts) if len(ports) == 1 else ports
    return [
        f"{f'[{one}]' if ':' in one else one}{f':{its}' if its else ''}" for one, its in zip(hosts, every, strict=False)
    ]


def _problem(text: str) -> str | None:
    """Why libpq cannot read the string, or would take a part of the password for something else."""
    encode = "in a user's name or a password write %40 for @, %3A for :, %2F for /, %3F for ? and %25 for %"
    scheme = _SCHEME.match(text)
    if scheme and (parts := _PARTS.match(text, scheme.end())):
        # libpq ends the password at the first @, and sees none after a /, wherever it was meant to end.
        hosts, path = parts[1], parts[2] or ""
        if "@" in hosts or "@" in path:
            return encode
        if not all(_PORT.fullmatch(host.rpartition("]")[2].partition(":")[2]) for host in hosts.split(",")):
            return f"the port is not a number ({encode})"
    try:
        parsed = conninfo_to_dict(text)
    except psycopg.Error:
        hint = encode if scheme else "as key=value, a value with spaces stands in single quotes"
        return f"libpq does not understand it, or does not know one of its options ({hint})"
    if not all(_HOST.fullmatch(host) for host in str(parsed.get("host") or "").split(",")):
        return f"the host is not one ({encode})"
    return None
