"""Refusals without a word of where to."""

from __future__ import annotations

import pytest

from qb import ConnectionRefused, connect
from qb.run.report.hiding import without_address

REASONS = {
    'connection to server on socket "/s3cret/.s.PGSQL.5432" failed: No such file or directory Is the server running '
    "locally and accepting connections on that socket?": "no server listens there",
    'connection to server at "s3cret.example" (10.0.0.1), port 5432 failed: Connection refused': (
        "no server listens there"
    ),
    'connection to server at "10.0.0.1", port 5432 failed: timeout expired': "the server did not answer in time",
    'could not translate host name "s3cret" to address: Name or service not known': "its host is not known",
    "failed to resolve host 's3cret': [Errno -2] Name or service not known": "its host is not known",
    'connection to server at "s3cret" failed: server does not support SSL, but SSL was required': (
        "the server and the client do not agree on TLS"
    ),
    "root certificate file s3cret does not exist": "the server and the client do not agree on TLS",
    "server closed the connection unexpectedly": "the server closed the connection",
    "bytea_output of this server would change values on their way, and behind a pooler qb cannot set them for each "
    "statement": "settings of the server would change values on their way",
    "s3cret": "the server cannot be reached, or does not take the connection",
}
STATES = {
    "28P01": "the server does not accept the password",
    "28000": "the server does not accept the role",
    "3D000": "the server has no such database",
    "42501": "the role may not connect to the database",
    "53300": "the server has no connection left",
    "57P03": "the server is starting up or shutting down",
}


@pytest.mark.parametrize(("reason", "said"), REASONS.items(), ids=range(len(REASONS)))
def test_a_reason_is_said_by_its_meaning(reason: str, said: str) -> None:
    assert without_address(ConnectionRefused(reason)) == ConnectionRefused(said)


@pytest.mark.parametrize(("state", "said"), STATES.items(), ids=STATES)
def test_a_state_says_more_than_words(state: str, said: str) -> None:
    found = without_address(ConnectionRefused('FATAL: "s3cret" Connection refused', sqlstate=state))
    assert found == ConnectionRefused(said, sqlstate=state)


@pytest.mark.parametrize("state", [None, "42501", "22023"])
@pytest.mark.parametrize(
    "what", ['role "a ""b"" of connect"', "work_mem", "app.tenant", "work_mem and search_path and role"]
)
def test_what_a_session_was_to_have(what: str, state: str | None) -> None:
    """The program said that, and no address; the server's own words behind it may."""
    refused = ConnectionRefused(f"{what} of connect(...) cannot be set: s3cret", sqlstate=state)
    assert without_address(refused) == ConnectionRefused(
        f"{what} of connect_each(...) cannot be set there", sqlstate=state
    )
    pooled = ConnectionRefused(f"{what} of connect(...) cannot be set behind a pooler, s3cret")
    assert without_address(pooled).reason == f"{what} of connect_each(...) cannot be set there behind a pooler"


@pytest.mark.parametrize("before", ["connection failed: ", 'FATAL: database "', "s3cret, ", "\n"])
def test_a_name_that_reads_so_is_hidden(before: str) -> None:
    refused = ConnectionRefused(
        f'{before}role "s3cret" of connect(...) cannot be set" does not exist', sqlstate="3D000"
    )
    assert without_address(refused).reason == STATES["3D000"]


def test_what_a_server_says(qb_url: str) -> None:
    for wrong, said in (("/s3cret?", STATES["3D000"]), ("/postgres?user=s3cret&", STATES["28000"])):
        with connect(qb_url.replace("/qb_main?", wrong) if "/qb_main?" in qb_url else qb_url + "_s3cret") as db:
            refused = db.ping().failure()
        assert isinstance(refused, ConnectionRefused)
        assert "s3cret" not in without_address(refused).reason
        assert without_address(refused).reason in (said, *REASONS.values())
