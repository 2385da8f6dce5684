"""All operations there are, as one union: who handles one handles each. How one is written is `qb.render.ddl`'s."""

from __future__ import annotations

from typing import TypeAlias

from qb.ddl.alter import Alter
from qb.ddl.comment import Comment
from qb.ddl.compare import Compare
from qb.ddl.create import Create, Drop
from qb.ddl.grant import Grant, Revoke

Operation: TypeAlias = Create | Drop | Alter | Comment | Grant | Revoke | Compare
"""What a plan is made of."""

__all__ = ["Alter", "Comment", "Compare", "Create", "Drop", "Grant", "Operation", "Revoke"]
