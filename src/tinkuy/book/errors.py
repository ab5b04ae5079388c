"""The one family of errors of the book."""

from __future__ import annotations

from tinkuy.words import Spoken


class BookError(Spoken):
    """Bytes that are not what the book's formats say, or a proof or signature that does not hold."""
