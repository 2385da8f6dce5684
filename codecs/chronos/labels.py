"""The sets of labels, each stored as text under a check: Directus shows them as they are, and one is added by one
check."""

from typing import Literal, TypeAlias

ContentStatus: TypeAlias = Literal["draft", "published", "archived"]
AnnouncementKind: TypeAlias = Literal["info", "success", "warning", "critical"]
LegalKind: TypeAlias = Literal["terms", "privacy", "cookies", "imprint"]

Role: TypeAlias = Literal["viewer", "analyst", "admin"]
CompanyStage: TypeAlias = Literal["idea", "seed", "growth", "public", "closed"]
InvestorKind: TypeAlias = Literal["angel", "venture", "corporate", "fund"]
DealStatus: TypeAlias = Literal["draft", "active", "won", "lost"]
DealRound: TypeAlias = Literal["pre_seed", "seed", "a", "b", "c", "later", "debt"]
