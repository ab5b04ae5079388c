"""When the codes of a picture are enough."""

from __future__ import annotations

from collections.abc import Iterable

from tinkuy.paper import payload
from tinkuy.paper.errors import Unreadable


def whole(texts: Iterable[str]) -> bool:
    """Whether every code of a sheet is among these texts."""
    try:
        return bool(payload.joined(texts))
    except Unreadable:
        return False
