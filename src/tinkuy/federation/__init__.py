"""The federation: from the base's sheet to the decision of the whole. Values in, values out; no file, clock or network.

`sheet`, `levels`, `consultation` and `returns` are rooms of acts, made known here so that whoever replays a book knows
every kind. `unit` judges one base, `audit` and `report` the whole; `checks`, `rollup`, `modes`, `turn`, `cells` add up.
"""

from tinkuy.federation import consultation, levels, returns, sheet

__all__ = ["consultation", "levels", "returns", "sheet"]
