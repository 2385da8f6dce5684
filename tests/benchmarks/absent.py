"""A peer whose library is not installed."""

import no_such_library  # type: ignore[import-not-found]  # pyright: ignore[reportMissingImports]

Nobody = no_such_library.Nobody  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
