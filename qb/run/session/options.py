"""How the statements of a database run."""

from __future__ import annotations

import msgspec

from qb.run.session.observer import Observer
from qb.run.session.pooler import Pooler
from qb.run.session.settings import SERVER_DEFAULTS, Settings


class Options(msgspec.Struct, frozen=True):
    """How statements run, the same for every statement of a database or of one of its views."""

    prepare: bool = True
    settings: Settings = SERVER_DEFAULTS
    log_parameters: bool = False
    observer: Observer | None = None
    pooler: Pooler = msgspec.field(default_factory=Pooler)
    ddl: bool = True
    """Whether it takes statements that define something."""

    @property
    def named(self) -> bool:
        """Whether statements are prepared under names."""
        return self.prepare and not self.pooler.swaps
