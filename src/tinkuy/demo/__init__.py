"""The demonstration: an invented federation over Peru's real regions and provinces.

Names of places are facts; bases, persons and votes are not.
"""
