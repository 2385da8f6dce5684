"""Addresses: what is taken, what is refused, and that no secret is ever shown."""

from collections.abc import Mapping
from urllib.parse import quote

import psycopg
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from qb.errors import DefinitionError
from qb.run.server import embedded
from qb.run.server.url import conninfo, has_password, redact, same_server

ENCODE = "in a user's name or a password write %40 for @, %3A for :, %2F for /, %3F for ? and %25 for %"
NOT_UNDERSTOOD = (
    "the database's address cannot be read: libpq does not understand it, or does not know one of its options"
)


@pytest.mark.parametrize(
    ("given_", "taken"),
    [
        ("postgresql://u@h/d", "postgresql://u@h/d"),
        ("postgres://u@h/d", "postgresql://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql://u@h/d"),
        ("postgres+psycopg2://u@h/d?sslmode=require", "postgresql://u@h/d?sslmode=require"),
        ("  postgresql://u@h/d\n", "postgresql://u@h/d"),
        ("POSTGRESQL://h", "postgresql://h"),
        ("postgresql:///d?host=/tmp/a", "postgresql:///d?host=/tmp/a"),
        ("postgresql://h1:1,h2:2,[::1]:3/d", "postgresql://h1:1,h2:2,[::1]:3/d"),
        ("postgresql://%2Ftmp/d", "postgresql://%2Ftmp/d"),
        ("postgresql://h/d?user=me@server", "postgresql://h/d?user=me@server"),
        ("host=h dbname=d password='a b://'", "host=h dbname=d password='a b://'"),
        ("service=x", "service=x"),
    ],
)
def test_takes(given_: str, taken: str) -> None:
    assert conninfo(given_, environ={}) == taken


@pytest.mark.parametrize(
    ("given_", "why"),
    [
        ("mysql://u:hunter2@h/d", "qb speaks to PostgreSQL: the address begins with postgresql://, not mysql://"),
        ("postgresql://u:hunter2@x@h/d", f"the database's address cannot be read: {ENCODE}"),
        ("postgresql://u:hunter2/x@h/d", f"the database's address cannot be read: {ENCODE}"),
        ("postgresql://u:hunter2/x", f"the database's address cannot be read: the port is not a number ({ENCODE})"),
        ("postgresql://h/d?host=hunter2@h", f"the database's address cannot be read: the host is not one ({ENCODE})"),
        ("postgresql://u:hunter2%@h/d", f"{NOT_UNDERSTOOD} ({ENCODE})"),
        ("postgresql://h/d?hunter2=1", f"{NOT_UNDERSTOOD} ({ENCODE})"),
        ("host=h password=a hunter2", f"{NOT_UNDERSTOOD} (as key=value, a value with spaces stands in single quotes)"),
    ],
)
def test_refuses_without_showing(given_: str, why: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        conninfo(given_, environ={})
    assert str(raised.value) == why
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None
    assert "hunter2" not in redact(given_)


def test_without_a_url_it_is_the_environments() -> None:
    environ: Mapping[str, str] = {"DATABASE_URL": "postgres://h/d"}
    assert conninfo(environ=environ) == "postgresql://h/d"
    assert conninfo("postgres://other", environ=environ) == "postgresql://other"


def test_without_any_it_is_the_embedded_server(monkeypatch: pytest.MonkeyPatch) -> None:
    class Fake:
        url = "postgresql://embedded"

    monkeypatch.setattr(embedded, "embedded", Fake)
    assert conninfo(environ={}) == "postgresql://embedded"


@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_address_is_no_wish_for_the_embedded_server(empty: str) -> None:
    with pytest.raises(DefinitionError, match=r"^DATABASE_URL is empty: give one, or leave it unset"):
        conninfo(environ={"DATABASE_URL": empty})
    with pytest.raises(DefinitionError, match=r"^the database's address is empty"):
        conninfo(empty, environ={})


@pytest.mark.parametrize(
    ("given_", "shown"),
    [
        ("postgresql://u:hunter2@h:1/d?sslmode=require", "postgresql://u@h:1/d"),
        ("postgresql://u@h1:1,h2:2/d", "postgresql://u@h1:1,h2:2/d"),
        ("postgresql://u:hunter2@h1,[::1]:2,h3/d", "postgresql://u@h1,[::1]:2,h3/d"),
        ("host=h1,h2 port=6432 password=hunter2", "postgresql://h1:6432,h2:6432/"),
        ("postgresql://[::1]/d", "postgresql://[::1]/d"),
        ("postgresql:///d?host=/tmp/a%20b&password=hunter2", "postgresql:///d?host=/tmp/a%20b"),
        ("host=h sslpassword=hunter2 options='-c a.b=hunter2' passfile=hunter2", "postgresql://h/"),
        ("hostaddr=127.0.0.1 dbname=d", "postgresql://127.0.0.1/d"),
        ("dbname='postgresql://u:hunter2@h/d'", "postgresql:///"),
        ("dbname='password=hunter2'", "postgresql:///"),
        ("hunter2", "postgresql://(an address that cannot be read)"),
        ("", "postgresql:///"),
    ],
)
def test_redact(given_: str, shown: str) -> None:
    assert redact(given_) == shown


# Each password is marked by letters that no other part has, so that finding them means that it leaked.
hostile = st.text(st.sampled_from("@:/%#?&=[] '\"\\,;.1é\n☃"), max_size=8)
passwords = st.tuples(hostile, hostile).map(lambda ends: f"{ends[0]}hunter{ends[1]}")


@given(passwords)
def test_an_encoded_password_arrives_and_is_not_shown(password: str) -> None:
    for url in (
        f"postgresql+psycopg://ada:{quote(password, safe='')}@localhost:5432/app",
        f"postgres://ada@localhost:5432/app?password={quote(password, safe='')}",
        make_conninfo(user="ada", password=password, host="localhost", port=5432, dbname="app"),
    ):
        taken = conninfo(url, environ={})
        assert conninfo_to_dict(taken)["password"] == password
        assert redact(taken) == "postgresql://ada@localhost:5432/app"


@given(
    passwords, st.sampled_from(["postgresql://ada:{}@db/app", "postgresql://db/app?password={}", "password={} host=db"])
)
def test_a_raw_password_is_taken_as_libpq_does_or_refused_and_never_shown(password: str, form: str) -> None:
    url = form.format(password)
    assert "hunter" not in redact(url)
    try:
        parsed = conninfo_to_dict(conninfo(url, environ={}))
    except DefinitionError as error:
        parsed = {"password": "hunter"}
        if "hunter" in str(error):
            pytest.fail(str(error))
    # Where libpq finds the word outside the password, its own messages (host not found) would show it.
    assert [name for name, value in parsed.items() if "hunter" in str(value)] == ["password"]


@given(st.text())
def test_redact_takes_anything(text: str) -> None:
    assume("\0" not in text)
    assert redact(text).startswith("postgresql://")


@given(st.text(min_size=1).filter(lambda text: "\0" not in text and text.strip() != ""))
def test_any_text_is_taken_or_refused(text: str) -> None:
    try:
        taken = conninfo(text, environ={})
    except DefinitionError:
        return
    try:
        conninfo_to_dict(taken)
    except psycopg.ProgrammingError as error:
        pytest.fail(f"taken, and libpq does not understand it: {error}")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("postgresql://a/x", "postgresql://ada@A:5432/y", True),
        ("postgresql://a/x", "postgresql://a:5433/x", False),
        ("postgresql://a,b/x", "postgresql://c,b/x", True),
        ("postgresql://a,b:5433/x", "postgresql://b/x", False),
        ("postgresql://localhost/x", "postgresql://127.0.0.1/x", True),
        ("postgresql://[::1]/x", "host=localhost", True),
        ("host=/tmp/a", "postgresql:///x?host=/tmp/a", True),
        ("host=/tmp/a", "host=/tmp/b", False),
        ("host=/tmp/a", "host=localhost", False),
        ("service=a", "service=a", True),
    ],
)
def test_which_addresses_name_one_server(one: str, other: str, same: bool) -> None:
    assert same_server(one, other) is same
    assert same_server(other, one) is same


@pytest.mark.parametrize("name", ["password", "sslpassword"])
def test_an_address_that_says_a_password(name: str) -> None:
    assert has_password(f"host=h {name}=hunter2")
    assert not has_password(f"host=h {name}=''")
