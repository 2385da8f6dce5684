"""What Supabase owns: the schema `auth`, who asks, and the roles that requests come with. None of it is made here."""

import datetime as dt

from qb import Col, Table, column, fn, function, namespace, new, pg, role, select, sql
from supabase_chat.documents import SignUp
from supabase_chat.ids import AuthUserId, UserId

auth = namespace("auth", external=True)

anon = role("anon", external=True)
authenticated = role("authenticated", external=True)
auth_admin = role("supabase_auth_admin", external=True)


class AuthUser(Table, name="users", schema="auth", external=True):
    """Who has signed up, as far as the chat looks at it."""

    id: Col[AuthUserId] = column(pg.uuid, primary_key=True)
    email: Col[str | None] = column(pg.varchar(255), default=None)
    raw_user_meta_data: Col[SignUp | None] = column(pg.jsonb, default=None)
    created_at: Col[dt.datetime | None] = column(pg.timestamptz, default=fn.now())


NewAuthUser = new(AuthUser)

uid = function("uid", returns=UserId | None, schema="auth", volatility="stable")

# A query of its own, so that PostgreSQL asks once for a statement, and not for each of its rows.
me = select(uid()).as_scalar()
every_row = sql("true").as_(bool, not_null=True)
