"""The tests under every Python that qb supports. `make nox`, or `nox -s tests-3.13 -- -k jsonb`."""

import nox

nox.needs_version = ">=2025.10"
nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False  # a machine seldom has all four: say which is missing and go on
nox.options.reuse_venv = "yes"  # installing again and again is most of the time
nox.options.sessions = ["tests"]

SUPPORTED = ["3.11", "3.12", "3.13", "3.14"]


@nox.session(python=SUPPORTED)
def tests(session: nox.Session) -> None:
    """The whole suite."""
    session.install("--editable", ".[dev]")
    session.run("python", "-m", "pytest", *(session.posargs or ["-n", "2"]))


@nox.session
def demo(session: nox.Session) -> None:
    """The demo, with what its users install and nothing more: a tool of ours that slipped into it fails here."""
    session.install("--editable", ".[embedded]")
    session.run("python", "-m", "tables.promptliano.demo", *session.posargs)
