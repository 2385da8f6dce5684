"""What a schema may say, as PostgreSQL takes it, and hardly anybody means."""

from __future__ import annotations

import warnings

from qb.errors.unseen import caller


class DoubtfulSchema(UserWarning):
    """PostgreSQL takes what is declared, and it fails when it is needed: real databases hold it, so it can be said.

    >>> import warnings
    >>> class Reply(Table, name="replies"):
    ...     task_id: Col[int] = column(references=references(Task.id, on_delete="set null"))
    >>> with warnings.catch_warnings(record=True) as told:
    ...     warnings.simplefilter("always")
    ...     forum = schema(User, Task, Reply)
    >>> print(told[0].message)
    replies.task_id: on_delete="set null" and task_id is never NULL: write Col[... | None], or another action
    """


def doubt(text: str) -> None:
    """Warn whoever declares it."""
    warnings.warn(text, DoubtfulSchema, stacklevel=caller())
