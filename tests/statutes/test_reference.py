"""The reference of the schema names every key, and its example is read."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from tinkuy.statutes import KINDS, Band, Delegates, Office, Quorum, Statutes, Stratum, provisions
from tinkuy.statutes.review import review

REFERENCE = (Path(__file__).parents[2] / "docs" / "statutes.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```toml\n(.*?)```", REFERENCE, re.DOTALL)

VALUES = (
    Band,
    Delegates,
    Office,
    Quorum,
    Stratum,
    provisions.Election,
    provisions.Electorate,
    provisions.Exclusion,
    provisions.Notice,
    provisions.Officers,
    provisions.Recall,
    provisions.Reserved,
    provisions.RollUp,
    provisions.Thresholds,
    provisions.Windows,
)
NOT_WRITTEN = {"bar", "kinds", "statutes"}  # made of other keys


@pytest.mark.parametrize("value", VALUES)
def test_the_reference_and_its_example_name_every_key(value):
    for field in dataclasses.fields(value):
        if field.name not in NOT_WRITTEN:
            assert f"`{field.name}`" in REFERENCE
            assert re.search(rf"\b{field.name} = ", EXAMPLE), field.name


@pytest.mark.parametrize("kind", KINDS)
def test_the_reference_names_every_kind_of_decision(kind):
    assert f"`{kind}`" in REFERENCE


def test_the_example_is_read_and_does_not_contradict_itself():
    assert Statutes.from_toml(EXAMPLE.encode()).name == "federacion-ejemplo"
    assert [found for found in review(EXAMPLE.encode()) if found.severity == "error"] == []
