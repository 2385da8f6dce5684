"""A plan that was proved, as the migration that is written of it."""

from __future__ import annotations

from qb.frozen import FrozenStruct
from qb.kit.catalog import Catalog
from qb.kit.generating.step_records import step_note, step_records
from qb.kit.history.losses import losses
from qb.kit.history.migration import Migration, Proof
from qb.kit.ours.value import Ours
from qb.kit.planning.fingerprint import fingerprints
from qb.kit.planning.migration_plan import MigrationPlan
from qb.kit.planning.written_plan import plan_sql
from qb.kit.proving.proof import ProvedPlan


class Draft(FrozenStruct):
    """A migration that has no place in the history yet."""

    name: str
    planned: MigrationPlan
    seen: ProvedPlan
    before: Catalog
    after: Catalog
    renames: tuple[str, ...] = ()
    data_steps: str | None = None
    says: str = ""
    """What people should know of it, at its head."""
    back: str = ""
    """And of its way back."""
    contract: bool = False

    def migration(self, id: str, parents: tuple[str, ...], ours: Ours, journal: str) -> Migration:
        """Its files."""
        planned, seen = self.planned, self.seen
        up = _headed(self.says) + plan_sql(planned.up, tuple(map(step_note, planned.up, seen.up)))
        down = _headed(self.back) + plan_sql(planned.down, tuple(map(step_note, planned.down, seen.down)))
        named = tuple(dict.fromkeys((*planned.loses, *(each.name for each in losses(up)))))
        before, after = fingerprints(self.before, self.after, ours, journal=journal)
        return Migration(
            id=id,
            parents=parents,
            up=up,
            down=down,
            data_steps=self.data_steps,
            before=before,
            after=after,
            between=seen.between,
            ours=ours.record,
            major=self.after.version // 10_000,
            up_steps=step_records(planned.up, seen.up, planned=True),
            down_steps=step_records(planned.down, seen.down, planned=True),
            renames=self.renames,
            proved=Proof(up=True, down=True, rows=seen.rows),
            allowed=named,
            contract=self.contract,
        )


def _headed(says: str) -> str:
    return "".join(f"-- {line}\n" for line in says.splitlines())
