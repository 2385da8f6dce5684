"""A value that Python has none for, as the server's own text."""

from __future__ import annotations

import msgspec


class ServerText(msgspec.Struct, frozen=True):
    """What a table that was discovered holds and no value in Python equals: the type, and PostgreSQL's text of it.

    An infinite date, a year BC, 24:00, an interval with months, an array that does not begin at 1, a `json` with a
    key twice. The rest of the row, and of the table, is there as ever. Beside its own column it is sent as this text.

    >>> from qb.kit import ServerText, discover
    >>> db.run(Script("CREATE TABLE licences (id int NOT NULL, ends date NOT NULL)"))
    <Success: 1>
    >>> db.run(Script("INSERT INTO licences VALUES (1, '2030-01-01'), (2, 'infinity')"))
    <Success: 1>
    >>> licences = discover(db).unwrap()["licences"]
    >>> for row in db.raising.all(licences.select().order_by(licences["id"])):
    ...     print(row["ends"])
    2030-01-01
    ServerText(type='date', text='infinity')
    >>> db.scalar(select(licences["id"]).where(licences["ends"] == ServerText("date", "infinity")))
    <Success: 2>

    https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-DATETIME-SPECIAL-VALUES
    """

    type: str
    """The type, as `pg` calls it: `timestamptz`, `jsonb`, `bigint[]`."""
    text: str
    """The value, as PostgreSQL writes it."""
