"""The federation: from the base's sheet to the decision of the whole. Values in, values out; no file, clock or network.

`sheet`, `levels`, `consultation` and `returns` are rooms of acts, and `acts` knows all of them. `unit` judges one
base, `audit` and `report` the whole; `checks`, `rollup`, `modes`, `turn`, `cells` add up.
"""
