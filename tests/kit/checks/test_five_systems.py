"""What `check` says of five real systems: what their documents know, and nothing that is not so."""

from __future__ import annotations

import pytest

from qb import matching
from qb.kit import Checked, canonical, check
from tables import archetype, chronos, pivotal, promptliano, supabase_chat

SCHEMAS = {
    "archetype": archetype.schema,
    "chronos": chronos.schema,
    "pivotal": pivotal.schema,
    "promptliano": promptliano.schema,
    "supabase_chat": supabase_chat.schema,
}


def checked(name: str) -> Checked:
    return check(canonical(SCHEMAS[name]).unwrap(), SCHEMAS[name])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("archetype", set[tuple[str, str]]()),
        ("pivotal", set[tuple[str, str]]()),
        ("promptliano", set[tuple[str, str]]()),
        ("chronos", {("duplicate-index", "public.cms_blog_posts.cms_blog_posts_slug_idx")}),
        (
            "supabase_chat",
            {
                ("no-row-security", "public.organizations"),
                ("no-row-security", "public.virtual_user_chats"),
                ("no-row-security", "public.virtual_user_profiles"),
                ("no-row-security", "public.virtual_users"),
                ("policy-for-every-row", "public.general_user_profiles.select_policy_general_user_profiles"),
                ("policy-for-every-row", "public.general_users.select_own_user"),
                ("primary-key-of-32-bits", "public.embeddings.embeddings_pkey"),
            },
        ),
    ],
)
def test_each_system(name: str, found: set[tuple[str, str]]) -> None:
    assert {(each.lint, each.on.title) for each in checked(name).warnings} == found


@pytest.mark.slow
def test_what_editors_in_directus_cannot_work_with() -> None:
    content = matching(names=["cms_*"])
    told = check(canonical(chronos.schema).unwrap(), chronos.schema, of=content, profile="directus")
    assert [(each.lint, each.on.title) for each in told.findings if each.lint.startswith("directus-")] == [
        ("directus-type", "public.cms_blog_posts.search")
    ]
    elsewhere = check(canonical(chronos.schema).unwrap(), chronos.schema, only=["directus-key"]).findings
    assert [each.on.title for each in elsewhere] == [
        "public.analytics_events.analytics_events_pkey",
        "public.app_deal_investors.app_deal_investors_pkey",
    ]
