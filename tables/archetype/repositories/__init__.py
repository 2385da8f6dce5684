"""The operations on the builder database: functions of a `Db`, which may be a transaction, that return an `Outcome`.

Rows come with their documents decoded, and go with them encoded. Documents that are kept as they came (Clerk's, those
of chains) are encoded here on the way in, and decoded by whoever asks, to a `Guarded` value.
"""

from tables.archetype.repositories import billing, chains, emails, organizations, users, workspaces

__all__ = ["billing", "chains", "emails", "organizations", "users", "workspaces"]
