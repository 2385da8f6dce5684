"""A database as modules of typed descriptors: `pull` writes them, and says what they do not hold."""

from qb.kit.pull.book import Unsaid
from qb.kit.pull.pulled import Pulled, pull

__all__ = ["Pulled", "Unsaid", "pull"]
