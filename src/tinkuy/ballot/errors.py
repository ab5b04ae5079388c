"""The one family of errors of the ballot."""

from __future__ import annotations

from tinkuy.words import Spoken


class BallotError(Spoken):
    """Bytes that are not what the ballot's formats say, or something that may not be done with an election."""
