"""Counting: exact, explained, fast. Papers and a rule go in; who is elected and the whole story come out.

Stands alone: no other room is imported, nothing is read, drawn or sent. In three lines:

>>> from tinkuy.count import read, rule                                                             # doctest: +SKIP
>>> profile = read(Path("ward.blt").read_bytes(), "ward.blt")                                       # doctest: +SKIP
>>> rule("scotland").count(profile, profile.seats).winners                                          # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tinkuy.count.errors import CountError
    from tinkuy.count.formats import read
    from tinkuy.count.registry import rule, rules

__all__ = ["CountError", "read", "rule", "rules"]

_HOMES = {"CountError": "errors", "read": "formats", "rule": "registry", "rules": "registry"}


def __getattr__(name: str) -> Any:
    """What the room offers, imported when it is asked for: numpy alone takes longer than a small count."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
