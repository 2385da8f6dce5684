"""Many databases: one for each key, such as an organization, whose addresses another database knows; and settings.

`import qb` loads none of it. See docs/databases.md.

>>> from qb.databases import connect_each
>>> with connect_each(db, nicknames, address=nowhere) as each:
...     each.of(1).scalar(select(fn.count(User.id)))
<Failure: could not connect: no server listens there>
"""

from qb.run.databases.async_databases import AsyncDatabases, connect_each_async
from qb.run.databases.async_health import health_async
from qb.run.databases.bounds import DatabaseBounds, DatabasesReport
from qb.run.databases.condition import Health
from qb.run.databases.databases import Databases, connect_each
from qb.run.databases.environment import DatabaseSettings, read_settings
from qb.run.databases.health import health
from qb.run.server.address import Address, BranchAddress, EncryptedAddress, PlainAddress
from qb.run.server.secret import EncryptionKeys

__all__ = [
    "Address",
    "AsyncDatabases",
    "BranchAddress",
    "DatabaseBounds",
    "DatabaseSettings",
    "Databases",
    "DatabasesReport",
    "EncryptedAddress",
    "EncryptionKeys",
    "Health",
    "PlainAddress",
    "connect_each",
    "connect_each_async",
    "health",
    "health_async",
    "read_settings",
]
