"""Statutes: rules as data, and the verdicts that they give (estatutos, quórum, mayorías).

`Statutes.from_toml` reads them, `Majority.judge` and `Quorum.judge` apply them to figures, `review` finds what
contradicts itself, `presets` are starting points. Nothing here knows of assemblies, books, files or clocks.
"""

from tinkuy.statutes.bar import Bar
from tinkuy.statutes.delegates import Band, Delegates, Split, split
from tinkuy.statutes.elections import Office
from tinkuy.statutes.errors import StatutesError
from tinkuy.statutes.majority import Majority, Stratum, TestRule, majority
from tinkuy.statutes.quorum import Quorum
from tinkuy.statutes.rule import KINDS, Statutes
from tinkuy.statutes.verdict import Figures, Test, Verdict

__all__ = [
    "KINDS",
    "Band",
    "Bar",
    "Delegates",
    "Figures",
    "Majority",
    "Office",
    "Quorum",
    "Split",
    "Statutes",
    "StatutesError",
    "Stratum",
    "Test",
    "TestRule",
    "Verdict",
    "majority",
    "split",
]
