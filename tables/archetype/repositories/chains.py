"""Runs of chains: their inputs and results are encoded on the way in, and decoded by whoever reads them."""

import datetime as dt
from typing import TypeAlias

from archetype.documents.work import ChainError, ChainInputs, ChainSuccess
from archetype.guards import Guarded, decoded, raw
from archetype.ids import ChainRunId, OrganizationId
from qb import Db, Outcome, Success
from tables.archetype.builder.runs import ChainRun, NewChainRun
from tables.archetype.queries import chains as queries

ChainResult: TypeAlias = ChainSuccess | ChainError


def start(
    db: Db,
    organization: OrganizationId | None,
    chain_name: str,
    inputs: ChainInputs,
    *,
    chain_version: int = 1,
    cache_key: str | None = None,
    expires_at: dt.datetime | None = None,
) -> Outcome[ChainRun]:
    """A run that has no result yet."""
    run = NewChainRun(
        organization_id=organization,
        chain_name=chain_name,
        chain_version=chain_version,
        cache_key=cache_key,
        inputs=raw(inputs),
        expires_at=expires_at,
    )
    return db.one(queries.start(run))


def succeed(db: Db, run: ChainRunId, result: ChainSuccess, duration: dt.timedelta) -> Outcome[ChainRun]:
    """NotFound where the run has a result already."""
    return db.one(queries.finish(run, "success", raw(result), _milliseconds(duration)))


def fail(db: Db, run: ChainRunId, error: ChainError, duration: dt.timedelta) -> Outcome[ChainRun]:
    """The same for one that went wrong."""
    return db.one(queries.finish(run, "error", raw(error), _milliseconds(duration)))


def cached(db: Db, chain_name: str, cache_key: str, *, chain_version: int = 1) -> Outcome[ChainRun | None]:
    """The last success under the key, where it still counts."""
    return db.first(queries.cached(chain_name, chain_version, cache_key))


def inputs(run: ChainRun) -> Guarded[ChainInputs]:
    """What it was given; Refused where that has another shape."""
    return decoded(ChainInputs, run.inputs)


def result(run: ChainRun) -> Guarded[ChainResult | None]:
    """What came of it, by its `result_type`; None while it runs."""
    if run.result is None or run.result_type is None:
        return Success(None)
    match run.result_type:
        case "success":
            return decoded(ChainSuccess, run.result)
        case "error":
            return decoded(ChainError, run.result)


def _milliseconds(duration: dt.timedelta) -> int:
    return duration // dt.timedelta(milliseconds=1)
