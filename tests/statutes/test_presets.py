"""The presets: all there, sourced, honest about who checked them, free of contradictions, independent of layout."""

from __future__ import annotations

import dataclasses
import datetime
import re
import tomllib

import pytest

from tinkuy.statutes import KINDS, Statutes, StatutesError, presets
from tinkuy.statutes.review import review

EXPECTED = {
    "asamblea-constituyente",
    "cl-huelga",
    "consulta-nacional",
    "de-urabstimmung",
    "federacion-estudiantil",
    "federacion-mandato-imperativo",
    "pe-asociacion",
    "pe-comunidad-campesina",
    "pe-cooperativa",
    "pe-junta-vecinal",
    "pe-sindicato",
    "pe-universidad",
    "roberts-rules",
    "uk-industrial-action-2016",
    "uk-industrial-action-2026",
}

every_preset = pytest.mark.parametrize("name", presets.names())


def rewritten(value: object) -> str:
    """A value of a TOML document written again, tables inline, without comments or layout."""
    match value:
        case bool():
            return str(value).lower()
        case int() | datetime.date():
            return str(value)
        case str():
            return "'''" + value + "'''"
        case list():
            return "[" + ", ".join(map(rewritten, value)) + "]"
        case dict():
            return "{" + ", ".join(f'"{key}" = {rewritten(inner)}' for key, inner in value.items()) + "}"
    raise AssertionError(f"{value!r} is not in the presets")


def test_every_preset_of_the_design_is_shipped():
    assert set(presets.names()) == EXPECTED


@every_preset
def test_a_preset_is_called_as_its_file(name):
    assert Statutes.from_toml(presets.read(name)).name == name


@every_preset
def test_a_preset_says_its_source_that_no_jurist_has_checked_it_and_that_your_statutes_prevail(name):
    statutes = Statutes.from_toml(presets.read(name))
    assert statutes.source
    assert statutes.checked == "no"
    assert "prevalece el estatuto de su organización" in statutes.caution
    assert presets.read(name).decode().count("#") >= 8


@every_preset
def test_a_preset_does_not_contradict_itself(name):
    assert review(presets.read(name)) == ()


@every_preset
def test_a_preset_means_the_same_however_it_is_laid_out(name):
    data = presets.read(name)
    values = tomllib.loads(data.decode())
    again = "".join(f'"{key}" = {rewritten(value)}\n' for key, value in values.items()).encode()
    other = Statutes.from_toml(again)
    assert other.digest != Statutes.from_toml(data).digest
    assert dataclasses.replace(other, digest="") == dataclasses.replace(Statutes.from_toml(data), digest="")


@every_preset
def test_a_preset_decides_every_kind_of_decision(name):
    statutes = Statutes.from_toml(presets.read(name))
    for kind in KINDS:
        assert statutes.majority(kind).kind == kind
        assert statutes.ballot.method(kind) in {"hands", "roll-call", "secret"}


@every_preset
def test_a_session_can_be_opened_under_every_preset(name):
    quorum = Statutes.from_toml(presets.read(name)).quorum(1)
    assert quorum.judge(present=100, qualified=100, members=100, delegates=100).passed
    assert not quorum.judge(present=0, qualified=100, members=100, delegates=100).passed


@every_preset
def test_elections_of_persons_are_secret(name):
    data = presets.read(name).decode()
    if re.search(r"^election = ", data, re.MULTILINE):
        assert Statutes.from_toml(data.encode()).ballot.method("election") == "secret"


def test_a_mistyped_preset_suggests_the_nearest():
    with pytest.raises(StatutesError, match='did you mean "pe-sindicato"'):
        presets.read("pe_sindicatos")


def test_a_preset_never_leaves_its_folder():
    with pytest.raises(StatutesError, match="no preset"):
        presets.read("../presets/pe-sindicato")


def test_only_the_british_presets_end_or_follow_one_another():
    ends = {name: Statutes.from_toml(presets.read(name)).valid_to for name in presets.names()}
    assert {name for name, end in ends.items() if end} == {"uk-industrial-action-2016"}
    after = Statutes.from_toml(presets.read("uk-industrial-action-2026"))
    assert ends["uk-industrial-action-2016"] == after.valid_from - datetime.timedelta(days=1)
