"""What cannot be printed, or cannot be read from paper."""

from __future__ import annotations

from tinkuy.words import Spoken


class PaperError(Spoken):
    """A sheet that does not fit on paper, or a picture that cannot be read; it says why and what would help."""


class Unreadable(PaperError):
    """A picture in which there is no sheet to be read, or only a part of one."""
