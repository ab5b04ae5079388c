"""Ballots, the box and the count, from both sides: what is made is taken, and nothing else.

Source: Belenios specification 2.0, 3.2, 4.11 to 4.19.
"""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ballot.played import BLANK, RANKED, YES_NO, Played, set_up
from tests.ballot.taken_apart import taken_apart
from tinkuy.ballot import BallotError, ballot, box, credential, election, group, proofs, tally, verify
from tinkuy.ballot.archive import tip
from tinkuy.ballot.question import Question


@pytest.fixture(scope="session")
def played() -> Played:
    return set_up("Ed25519", YES_NO, BLANK, weights=(1, 5, 0))


@pytest.fixture(scope="session")
def whole(played: Played) -> bytes:
    choices = [((1, 0), (0, 1, 1, 0)), ((0, 1), (1, 0, 0, 0)), ((0, 1), (0, 0, 0, 1)), ((1, 0), (0, 1, 0, 0))]
    return played.counted(played.with_ballots([*choices, ((0, 1), (0, 0, 1, 0))]))


def test_the_last_ballot_of_each_credential_counts_with_its_weight(whole: bytes) -> None:
    """Four voters of weights 1, 5, 0, 1; the first votes twice."""
    verdict = verify.verify(whole)
    assert (verdict.state, verdict.ballots, verdict.tallied, verdict.weight) == ("sound", 5, 4, 7)
    assert verdict.result == ((1, 6), (5, 1, 1, 0))


@settings(max_examples=12)
@given(
    names=st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=4),
    blank=st.booleans(),
    data=st.data(),
)
def test_every_allowed_choice_makes_a_ballot_that_holds_and_opens(
    names: list[str], blank: bool, data: st.DataObject
) -> None:
    least = data.draw(st.integers(0, len(names)))
    asked = Question(
        answers=tuple(names), min=least, max=data.draw(st.integers(least, len(names))), question="?", blank=blank
    )
    one = set_up("Ed25519", asked, voters=1)
    marked = data.draw(st.lists(st.integers(0, len(names) - 1), min_size=asked.min, max_size=asked.max, unique=True))
    for choice in [asked.choice(marked)] + ([asked.choice([], blank=True)] if blank else []):
        made = ballot.prepare(one.election, one.cards[0], [choice], os.urandom)
        assert ballot.check(one.election, made.data)
        secrets = ballot.read_opening(one.election, made.opening())
        assert ballot.opened(one.election, made.data, secrets) == (choice,)


def test_a_ballot_that_was_opened_cannot_claim_another_choice(played: Played) -> None:
    made = ballot.prepare(played.election, played.cards[0], [(1, 0), (0, 1, 0, 0)], os.urandom)
    secrets = ballot.read_opening(played.election, made.opening())
    lie = [[secrets[0][0]._replace(mark=0), secrets[0][1]], secrets[1]]
    with pytest.raises(BallotError, match="do not open"):
        ballot.opened(played.election, made.data, lie)  # type: ignore[arg-type]


@pytest.mark.parametrize("choice", [(1, 1), (0, 0), (2, 0), (0, 1, 0)])
def test_no_proof_can_be_made_of_a_choice_that_is_not_allowed(choice: tuple[int, ...], played: Played) -> None:
    """Whoever skips `Question.choice` gets a ballot that nobody takes, or none."""
    try:
        made = ballot.prepare(played.election, played.cards[0], [choice, (0, 1, 0, 0)], os.urandom)
    except (IndexError, ValueError):
        return
    with pytest.raises(BallotError):
        ballot.check(played.election, made.data)


def test_what_a_question_does_not_allow_is_said_before_anything_is_encrypted() -> None:
    for marked, blank in (([0, 1], False), ([], False), ([2], False), ([0, 0], False), ([], True)):
        with pytest.raises(BallotError, match="Paro"):
            YES_NO.choice(marked, blank)
    with pytest.raises(BallotError, match="blank"):
        BLANK.choice([0], blank=True)


def test_rankings_are_opened_too_and_come_out_mixed() -> None:
    one = set_up("Ed25519", RANKED, voters=3)
    made = ballot.prepare(one.election, one.cards[0], [(2, 1, 3)], os.urandom)
    assert ballot.opened(one.election, made.data, ballot.read_opening(one.election, made.opening())) == ((2, 1, 3),)
    choices = [((1, 2, 3),), ((3, 2, 1),), ((1, 1, 2),)]
    verdict = verify.verify(one.counted(one.with_ballots(choices)))
    assert verdict.state == "sound"
    assert verdict.result is not None
    assert sorted(map(str, verdict.result[0])) == sorted(str(list(choice[0])) for choice in choices)


def test_rankings_are_not_decrypted_before_they_are_shuffled() -> None:
    one = set_up("Ed25519", RANKED, voters=1)
    data = one.with_ballots([((1, 2, 3),)])
    data += box.close(data)
    data += box.add_up(data)
    with pytest.raises(BallotError, match="shuffled"):
        box.to_decrypt(data)


def test_the_box_takes_a_ballot_once_and_none_after_it_is_closed(played: Played) -> None:
    made = ballot.prepare(played.election, played.cards[0], [(1, 0), (0, 1, 0, 0)], os.urandom).data
    stranger = ballot.prepare(played.election, credential.generate(os.urandom), [(1, 0), (0, 1, 0, 0)], os.urandom).data
    in_use = box.Box(played.data)
    first = in_use.cast(made)
    assert (first.again, first.tracking, in_use.voted) == (False, ballot.tracking(made), 1)
    for refused, why in ((made, "in the box already"), (stranger, "not on the list"), (made + b" ", "as the spec")):
        with pytest.raises(BallotError, match=why):
            in_use.cast(refused)
    data = played.data + first.appended
    assert box.Box(data).voted == 1
    with pytest.raises(BallotError, match="EncryptedTally cannot come after Ballot"):
        box.add_up(data)
    data += box.close(data)
    with pytest.raises(BallotError, match="Ballot cannot come after EndBallots"):
        box.Box(data)


def test_shares_are_taken_once_and_the_result_waits_for_all(played: Played, whole: bytes) -> None:
    events = taken_apart(whole)
    two = set_up("Ed25519", trustees=2)
    data = two.with_ballots([((1, 0),)])
    data += box.close(data)
    data += box.add_up(data)
    with pytest.raises(BallotError, match="Result cannot come"):
        box.conclude(data)
    with pytest.raises(BallotError, match=r"does not hold|proof"):
        box.share(data, 1, next(event for event in events if event.kind == "PartialDecryption").data[0])


def test_an_election_that_cannot_be_written_or_counted_is_refused(played: Played) -> None:
    data = played.election.data
    for old, new, why in (
        (b'"name":"', b'"name":"\\ud800', "malformed"),
        (b'"version":1', b'"version":1.0', "whole number"),
        (b'"version":1', b'"version":2', "version 2"),
        (b'"version":1', b'"version":1,"version":1', "twice"),
        (b'"max":1', b'"max":9', "marks among"),
        (b'"min":1', b'"more":1,"min":1', "malformed"),
        (b'"group":"Ed25519"', b'"group":"P-256"', "not known"),
        (data, b"[" * 100_000, "malformed"),
        (data, data + b" " * 2**20, "bytes"),
    ):
        assert old in data
        with pytest.raises(BallotError, match=why):
            election.read(data.replace(old, new, 1))
    heavy = json.dumps([f"{number:064x},1000000000" for number in range(1001)], separators=(",", ":")).encode()
    with pytest.raises(BallotError, match="add up to more"):
        credential.read_public(heavy)


def test_a_forged_setup_never_opens(played: Played) -> None:
    other = set_up("Ed25519")
    listed = taken_apart(other.data)[0].data[1]
    public = taken_apart(played.data)[0].data[2]
    with pytest.raises(BallotError, match="not the one that the trustees made"):
        box.opened(0, played.election, listed, public)
    assert tip(played.data).height == 1


@settings(max_examples=20)
@given(bound=st.integers(0, 30_000), data=st.data())
def test_a_figure_is_found_up_to_its_bound_and_not_beyond(bound: int, data: st.DataObject) -> None:
    g = group.by_name("Ed25519")
    logarithms = tally.Logarithms(g, bound)
    number = data.draw(st.integers(0, bound))
    assert logarithms.of(g.base(number)) == number
    for beyond in (bound + 1, g.order - 1):
        with pytest.raises(BallotError, match="the weight that voted"):
            logarithms.of(g.base(beyond))


def test_the_figure_of_twenty_five_million_votes_is_found() -> None:
    for name in ("Ed25519", "BELENIOS-2048"):
        g = group.by_name(name)
        assert tally.Logarithms(g, 25_000_000).of(g.base(24_999_983)) == 24_999_983


def test_figures_that_thirty_two_bits_do_not_hold_are_written_as_strings() -> None:
    assert tally.write_result([[2**30 - 1, 2**30]]) == b'{"result":[[1073741823,"1073741824"]]}'
    assert tally.read_result(b'{"result":[[1073741823,"1073741824"]]}') == [[2**30 - 1, 2**30]]
    for other in (b'{"result":[[1073741824]]}', b'{"result":[["5"]]}', b'{"result":[[-1, 5]]}', b"{}"):
        with pytest.raises(BallotError):
            tally.read_result(other)


def test_a_proof_of_knowledge_is_bound_to_its_prefix() -> None:
    g = group.by_name("Ed25519")
    x = g.random(os.urandom)
    proof = proofs.schnorr_prove(g, "pok|a|", x, os.urandom)
    assert proofs.schnorr_verify(g, "pok|a|", proof, g.base(x))
    assert not proofs.schnorr_verify(g, "pok|b|", proof, g.base(x))
    assert not proofs.schnorr_verify(g, "pok|a|", proof, g.base(x + 1))


@pytest.mark.parametrize(
    "text", ["98FXs-eW3NuQ-JF1Lv-wzEpyS", "98fxs", "98FXseW3NuQJF1LvwzEpy0", "31c-pSq-F7j-syt-gHY"]
)
def test_a_credential_typed_with_a_slip_is_an_error_that_does_not_show_it(text: str) -> None:
    if len(text) == 25 and "0" not in text:
        assert credential.parse(text.replace("-", " ")).text == text
        assert text not in repr(credential.parse(text))
        return
    with pytest.raises(BallotError) as refused:
        credential.parse(text)
    assert text not in str(refused.value)


def test_a_list_of_voters_names_the_line_at_fault() -> None:
    assert credential.read_voters('Ana\n\n"Luz, María",3\n') == [("Ana", 1), ("Luz, María", 3)]
    for text, why in (
        ("", "empty"),
        ("Ana\nAna", "Line 2: Ana"),
        ("Ana,x", "Line 1"),
        ("Ana,1,2", "Line 1"),
        ('"A', "Line 1: quotation marks"),
    ):
        with pytest.raises(BallotError, match=why):
            credential.read_voters(text)


def test_no_secret_of_an_election_is_in_its_archive_or_its_messages(played: Played, whole: bytes) -> None:
    made = ballot.prepare(played.election, played.cards[0], [(1, 0), (0, 1, 0, 0)], os.urandom)
    exponents = [str(secret.r) for row in made.secrets for secret in row if isinstance(secret, tuple)]
    own = [str(one.secret(played.group, played.election.uuid)) for one in played.cards]
    secrets = [*exponents, *own, *map(str, played.keys), *(one.text for one in played.cards)]
    shown = json.dumps([repr(made), repr(played.cards), made.data.decode(), whole.decode("latin-1")])
    assert not [secret for secret in secrets if secret in shown]
