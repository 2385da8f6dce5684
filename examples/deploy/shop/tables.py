"""What is in the database."""

from qb import Col, Table, column, identity


class Note(Table, name="notes"):
    id: Col[int] = column(primary_key=True, default=identity())
    text: Col[str] = column()
