"""How mypy is brought to say which argument is wrong, in one line, where a function has overloads.

It lists all of them, unless there is one that the call would fit if nobody looked into the brackets of types. Then it
says what is wrong with that one. So an argument takes `NothingElse`, too: with its brackets no value is of it, without
them every value is. To all other checkers, whose guess is right by itself, it is `Never`, which adds nothing.

MYPY is what mypy takes for true, whatever it is.
"""

from __future__ import annotations

MYPY = False

if MYPY:
    from qb.query.expr.pinned import Uncounted as ANumber
    from qb.query.expr.pinned import Unfit as NothingElse
    from qb.query.expr.pinned import Unlike as TheSameType
else:
    from typing import Never as ANumber
    from typing import Never as NothingElse
    from typing import Never as TheSameType

__all__ = ["MYPY", "NothingElse", "ANumber", "TheSameType"]
