"""What differs between two catalogs of a server on which other tests run meanwhile: roles belong to all of it."""

from collections.abc import Collection

from qb import kit
from qb.kit.difference import Difference

SHARED = ("role", "membership")


def differences(before: kit.Catalog, after: kit.Catalog, roles: Collection[str] = ()) -> tuple[Difference, ...]:
    """As that of the kit, but for roles that are not the test's own, which are those named."""
    found = kit.differences(before, after)
    return tuple(each for each in found if each.identity.kind not in SHARED or each.identity.name in roles)
