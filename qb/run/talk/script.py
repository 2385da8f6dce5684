"""Scripts: several statements in one message, which PostgreSQL runs as one transaction, or within the one that is open.

https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Final

from psycopg import generators
from psycopg.pq.abc import PGresult

from qb.ddl.plan import Plan
from qb.errors import DbError, DdlRefused, QueryError
from qb.errors.family import Meeting, met
from qb.errors.outcome import Outcome, Success
from qb.query.script import Script
from qb.query.statement import Command
from qb.render.compiled import Compiled
from qb.run.report.diagnose import farewell, from_result
from qb.run.session.ahead import heard
from qb.run.session.answers import EMPTY_QUERY, refused, reports
from qb.run.session.executable import Executable
from qb.run.session.link import GOOD, ONCE, REFUSALS, Link, out_of_step
from qb.run.session.options import Options
from qb.run.session.ready import check_server, settle, unprepare
from qb.run.session.wait import Conversation
from qb.run.talk.transaction import fail, uncontrolled, undo_left_open
from qb.tree.semicolons import blank, ends_in_comment, statements_in
from qb.tree.transaction_control import controls

_BETWEEN = ";\n"
_DEALLOCATES: Final = re.compile(rb"\b(?:DEALLOCATE|DISCARD)\b", re.IGNORECASE).search


def scripted(script: object) -> Executable[Any]:
    """A script as what is sent. QueryError for anything else."""
    if not isinstance(script, Script):
        advice = ": db.execute(...) runs it" if isinstance(script, Command) else ""
        raise QueryError(f"db.run takes a script, such as create_all(...), and this is {type(script).__name__}{advice}")
    newest = script.newest if isinstance(script, Plan) else None
    return Executable(Compiled(_BETWEEN.join(_closed(script)).encode(), (), None, (), newest=newest))


def _closed(script: Script) -> list[str]:
    """The statements, each so that a semicolon behind it is none of a comment."""
    return [f"{each}\n" if ends_in_comment(each) else each for each in script.statements]


def counted(script: Script, *_: object) -> Outcome[int]:
    """How many statements a script has, once they are done: of its arguments those that are not empty."""
    return Success(sum(not blank(each) for each in script.statements))


def run_script(
    script: Script, link: Link, options: Options, statement: Executable[Any], values: Sequence[object]
) -> Conversation[int]:
    """Run a script. DbError where one of its statements fails: then none has happened."""
    with Meeting(statement.sql):
        if not options.ddl:
            raise DdlRefused("a script")
        check_server(link, statement)
    if link.depth and (error := _uncontrolled(script, link)) is not None:
        yield from fail(link, error)
        raise error
    if link.local is not options.settings:
        yield from settle(link, options.settings)
    link.soil()
    before, link.sent = link.sent, ONCE
    link.pgconn.send_query(statement.sent)
    results = yield from generators.execute(link.pgconn)
    for place, result in enumerate(results):
        if result.status not in GOOD and result.status != EMPTY_QUERY:
            if farewell(result):
                heard(link, results, before)
            error = _refused(script, link, results[:place], result)
            yield from undo_left_open(link)
            raise error
    if not results or (results[-1].status == EMPTY_QUERY and not all(map(blank, script.statements))):
        raise out_of_step(link)
    if (left := (yield from undo_left_open(link))) is not None:
        raise left
    yield from unprepare(link, deallocated=bool(_DEALLOCATES(statement.sent)))
    return 0


def _uncontrolled(script: Script, link: Link) -> DbError | None:
    """Why it cannot run in the transaction that is open."""
    for step, statement in enumerate(script.statements):
        if (error := uncontrolled(link, controls(statement))) is not None:
            return met(error, statement, step)
    return None


def _refused(script: Script, link: Link, before: Sequence[PGresult], result: PGresult) -> DbError:
    """What the server refused, and which of the script's statements it was.

    A place in the text says so, wherever it comes from; else the number of statements that were done before. A rule may
    give rows beside those of its statement: such a result has no command.
    """
    if result.status not in REFUSALS:
        return refused(link, result, bound=False)
    lengths = (len(each) + len(_BETWEEN) for each in _closed(script))
    starts = [0, *accumulate(lengths)][:-1]
    found: list[int] = []

    def within(position: int) -> int:
        found.append(bisect_right(starts, position - 1) - 1)
        return position - starts[found[0]]

    error = from_result(result, bound=False, overran=link.overran(), written=within)
    reports(link, error)
    step = found[0] if found else _behind(script, sum(bool(each.command_status) for each in before))
    return error if step is None else met(error, script.statements[step], step)


def _behind(script: Script, done: int) -> int | None:
    """Which argument has the statement behind so many; None where none has, as far as can be seen."""
    for step, end in enumerate(accumulate(map(statements_in, script.statements))):
        if done < end:
            return step
    return None
