"""Tinkuy: assemblies run themselves and federate, and anyone can recompute what they decided."""

__version__ = "0.1.0"
