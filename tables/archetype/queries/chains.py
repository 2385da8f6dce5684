"""Runs of chains, and what is found of them under a cache key."""

import msgspec

from archetype.ids import ChainRunId, OrganizationId
from archetype.labels import ResultType
from qb import New, Rows, Select, fn, insert, prepare, select, update
from qb.typing import Returning
from tables.archetype.builder.runs import ChainRun


def start(run: New[ChainRun]) -> Rows[ChainRun]:
    """The run, which has no result yet."""
    return insert(run).returning()


@prepare
def by_id(run: ChainRunId) -> Select[ChainRun]:
    """The run."""
    return select(ChainRun).where(ChainRun.chain_run_id == run)


@prepare
def cached(chain_name: str, chain_version: int, cache_key: str) -> Select[ChainRun]:
    """The last run of the same chain that succeeded under the key, and still counts."""
    return (
        select(ChainRun)
        .where(
            ChainRun.cache_key == cache_key,
            ChainRun.chain_name == chain_name,
            ChainRun.chain_version == chain_version,
            ChainRun.result_type == "success",
            ChainRun.expires_at.is_null() | (ChainRun.expires_at > fn.now()),
        )
        .order_by(ChainRun.created_at.desc(), ChainRun.chain_run_id)
        .limit(1)
    )


@prepare
def finish(run: ChainRunId, result_type: ResultType, result: msgspec.Raw, duration_ms: int) -> Returning[ChainRun]:
    """The run with its result; no row where it had one."""
    return (
        update(ChainRun)
        .set(ChainRun.result_type.to(result_type), ChainRun.result.to(result), ChainRun.duration_ms.to(duration_ms))
        .where(ChainRun.chain_run_id == run, ChainRun.result_type.is_null())
        .returning()
    )


@prepare
def of_organization(organization: OrganizationId, limit: int = 50) -> Select[ChainRun]:
    """An organization's runs, the newest first."""
    query = select(ChainRun).where(ChainRun.organization_id == organization)
    return query.order_by(ChainRun.created_at.desc(), ChainRun.chain_run_id).limit(limit)
