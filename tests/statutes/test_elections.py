"""How each office is filled is read strictly and said in one sentence (statutes.md, elections)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tinkuy.statutes import Office, Statutes, StatutesError, presets

HEAD = b'name = "base"\nvalid_from = 2026-03-02\nsource = "estatuto"\nchecked = "no"\n'


def read(text: str) -> Statutes:
    return Statutes.from_toml(HEAD + text.encode())


def test_an_office_names_its_rule_and_what_is_not_said_has_a_default():
    statutes = read('[[elections]]\noffice = "board"\nrule = "scotland"\nseats = 3\n')
    assert statutes.office("board") == Office(office="board", rule="scotland", seats=3)


def test_everything_that_can_be_said_of_lists_is_read_and_told():
    statutes = read(
        '[[elections]]\noffice = "delegates"\nrule = "dhondt"\namong = "lists"\nstands = "members"\n'
        'threshold = "1/20"\nparity = "half"\nalternation = true\ntie = "revote"\n'
    )
    office = statutes.office("delegates")
    assert (office.threshold, office.parity, office.alternation, office.tie) == (
        Fraction(1, 20),
        "half",
        True,
        "revote",
    )
    assert str(office.sentence) == (
        "delegates: as many seats as the call says among lists, counted by dhondt; all members may stand; "
        "a tie is voted on again. A list needs: 1/20 of the votes for lists, parity, alternation."
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('rule = "irv"\n', "elections[1].office: missing"),
        ('office = "board"\n', "elections[1].rule: missing"),
        ('office = "board"\nrule = "Scotland"\n', "elections[1].rule: a rule is called by small letters"),
        ('office = "board"\nrule = "irv"\nseats = 0\n', "elections[1].seats: an election fills at least one seat"),
        ('office = "board"\nrule = "irv"\nseat = 2\n', 'unknown key "seat"; did you mean "seats"?'),
        ('office = "board"\nrule = "irv"\nparity = "half"\n', "elections[1].parity: this is asked of lists"),
        ('office = "board"\nrule = "irv"\nalternation = true\n', "elections[1].alternation: this is asked of lists"),
        ('office = "board"\nrule = "irv"\nthreshold = "1/20"\n', "elections[1].threshold: this is asked of lists"),
        ('office = "board"\nrule = "irv"\ntie = "los"\n', 'did you mean "lot"?'),
        (
            'office = "a"\nrule = "irv"\n[[elections]]\noffice = "a"\nrule = "irv"\n',
            'how "a" is filled is written twice',
        ),
    ],
)
def test_a_provision_that_cannot_be_meant_is_refused_in_its_place(text, fault):
    with pytest.raises(StatutesError) as caught:
        read("[[elections]]\n" + text)
    assert fault in str(caught.value)


def test_an_office_of_which_nothing_is_said_is_refused_naming_those_there_are():
    with pytest.raises(StatutesError, match=r"write \[\[elections\]\]"):
        read("").office("board")
    with pytest.raises(StatutesError, match='no office is called "bord"; offices: board'):
        read('[[elections]]\noffice = "board"\nrule = "irv"\n').office("bord")


def test_presets_say_how_offices_are_filled_where_their_source_does():
    said = {name: [one.rule for one in Statutes.from_toml(presets.read(name)).elections] for name in presets.names()}
    assert {name: rules for name, rules in said.items() if rules} == {
        "asamblea-constituyente": ["dhondt"],
        "pe-junta-vecinal": ["majority"],
    }
