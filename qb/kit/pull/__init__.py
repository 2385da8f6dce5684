"""A database as modules of typed descriptors: `pull` writes them, and says what they do not hold."""

from qb.kit.pull.book import Unsaid
from qb.kit.pull.documents import InferredColumn, infer_json
from qb.kit.pull.files import PulledModule, compare_modules, write_modules
from qb.kit.pull.pulled import Pulled, pull

__all__ = [
    "InferredColumn",
    "Pulled",
    "PulledModule",
    "Unsaid",
    "compare_modules",
    "infer_json",
    "pull",
    "write_modules",
]
