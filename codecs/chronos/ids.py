"""Branded ids: a UUID (or an int, a str) at run time, and a type of its own to the checkers, one for each key."""

from typing import NewType
from uuid import UUID

BlogPostId = NewType("BlogPostId", UUID)
DocsPageId = NewType("DocsPageId", UUID)
HomepageHeroId = NewType("HomepageHeroId", UUID)
FeatureId = NewType("FeatureId", UUID)
AnnouncementId = NewType("AnnouncementId", UUID)
LegalPageId = NewType("LegalPageId", UUID)

UserId = NewType("UserId", UUID)
CompanyId = NewType("CompanyId", UUID)
InvestorId = NewType("InvestorId", UUID)
DealId = NewType("DealId", UUID)

SessionId = NewType("SessionId", UUID)
PageViewId = NewType("PageViewId", int)
EventId = NewType("EventId", UUID)

Slug = NewType("Slug", str)
"""What stands in an address: one post's, and no title."""

# What others own, and ours may point to.
DirectusUserId = NewType("DirectusUserId", UUID)
DirectusFileId = NewType("DirectusFileId", UUID)
CrunchbaseId = NewType("CrunchbaseId", int)
StagingDealId = NewType("StagingDealId", int)
Revision = NewType("Revision", str)
