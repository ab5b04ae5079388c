"""The story of a count, told from its `Result` alone: as data, a table, an account in words, plots.

data      JSON and CSV, for programs             account   what happened and why, es and en
table     the stages side by side, for a terminal  plots   bars with the quota, transfers, who beats whom (SVG)
"""
