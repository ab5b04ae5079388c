"""Every kind of act: whoever replays through here knows all rooms of the assembly and of the federation.

A kind is registered when its room is imported. Importing `replay` from this module, not from `assembly.state`, is what
makes an observer read every act; what only adds up sheets (`recount`, `rollup`) does without the rooms.
"""

from tinkuy.assembly import (
    board,
    branch,
    election,
    election_count,
    founding,
    mandate,
    recall,
    register,
    vote,
    withdrawal,
)
from tinkuy.assembly.act import kinds, read
from tinkuy.assembly.state import Assembly, Attachments, replay
from tinkuy.federation import affiliation, consultation, levels, reported, returns, sheet

ROOMS = (
    founding,
    board,
    register,
    recall,
    vote,
    election,
    election_count,
    mandate,
    branch,
    withdrawal,
    levels,
    consultation,
    affiliation,
    sheet,
    returns,
    reported,
)

__all__ = ["ROOMS", "Assembly", "Attachments", "kinds", "read", "replay"]
