"""Trust policies: read in one way only, and exact about who is lacking. Source: C2SP tlog-policy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.book.builders import CHAIR, SECRETARY, book_of
from tinkuy.book import cosignature, note, policy
from tinkuy.book.checkpoint import Checkpoint
from tinkuy.book.cosignature import Cosigner
from tinkuy.book.errors import BookError
from tinkuy.book.keys import SigningKey

KEYS = {name: SigningKey.from_seed(name.encode().ljust(32, b".")) for name in ("X1", "X2", "X3", "Y1", "Y2")}
VKEYS = {name: Cosigner(f"{name}.example", key.public).vkey for name, key in KEYS.items()}
WITNESSES = "".join(f"witness {name} {vkey}\n" for name, vkey in VKEYS.items())
TWO_LEVELS = WITNESSES + "group X 2 X1 X2 X3\ngroup Y any Y1 Y2\ngroup both all X Y\nquorum both\n"
AT = book_of(7).checkpoint()
LOG = note.Verifier(f"{AT.origin}/chair", CHAIR.public).vkey


def cosigned(*names: str) -> Checkpoint:
    at = AT
    for name in names:
        at = cosignature.cosigned(at, cosignature.sign(at, f"{name}.example", KEYS[name], 1_772_985_600))
    return at


def holds(text: str, at: Checkpoint) -> bool:
    return policy.judge(policy.parse(text.encode()), at).holds


@given(names=st.sets(st.sampled_from(sorted(KEYS))))
def test_a_quorum_of_two_levels_holds_when_enough_of_each_level_cosigned(names):
    judged = policy.judge(policy.parse(TWO_LEVELS.encode()), cosigned(*sorted(names)))
    enough = len(names & {"X1", "X2", "X3"}) >= 2 and bool(names & {"Y1", "Y2"})
    assert (judged.holds, set(judged.cosigned), set(judged.lacking)) == (enough, names, set(KEYS) - names)


def test_a_single_witness_may_be_the_quorum():
    assert holds(WITNESSES + "quorum X2\n", cosigned("X2"))
    assert not holds(WITNESSES + "quorum X2\n", cosigned("X1", "X3"))


def test_quorum_none_asks_for_nobody():
    assert holds("quorum none\n", AT)


def test_a_policy_that_names_logs_takes_no_other_book():
    assert holds(f"log {LOG}\nquorum none\n", AT)
    other = note.Verifier(f"tinkuy/{'0' * 32}/chair", CHAIR.public).vkey
    assert not holds(f"log {other}\nquorum none\n", AT)


def test_a_log_is_known_by_any_of_its_officers():
    secretary = note.Verifier(f"{AT.origin}/secretary", SECRETARY.public).vkey
    stranger = note.Verifier(f"{AT.origin}/treasurer", KEYS["X1"].public).vkey
    assert holds(f"log {secretary}\nlog {stranger}\nquorum none\n", AT)
    assert not holds(f"log {stranger}\nquorum none\n", AT)


def test_spaces_tabs_comments_and_addresses_are_passed_over():
    text = f"\t# trust\n\n  witness\tX1  {VKEYS['X1']} https://x1.example/submit\t\nquorum X1\n"
    assert holds(text, cosigned("X1"))


def test_a_name_is_bytes_and_not_letters():
    """The Kelvin sign is no K, and a name need not be UTF-8 at all."""
    kelvin = f"witness \u212a {VKEYS['X1']}\nquorum K\n"
    with pytest.raises(BookError, match="no line before this one defines"):
        policy.parse(kelvin.encode())
    odd = b"witness \xff " + VKEYS["X1"].encode() + b"\nquorum \xff\n"
    assert policy.judge(policy.parse(odd), cosigned("X1")).holds


def test_a_false_cosignature_of_a_known_witness_is_an_error_and_not_a_lack():
    line = cosignature.sign(book_of(6).checkpoint(), "X1.example", KEYS["X1"], 1)
    with pytest.raises(BookError, match=r"X1\.example"):
        holds(WITNESSES + "quorum none\n", cosignature.cosigned(AT, line))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no quorum line"),
        (WITNESSES, "no quorum line"),
        ("quorum none", "does not end"),
        ("quorum none\r\n", "control character"),
        ("quorum none\nquorum none\n", "line 2 of the policy: a policy has one quorum line"),
        ("quorum X1\n" + WITNESSES, "line 1 of the policy: no line before this one defines 'X1'"),
        (WITNESSES + "quorum X1 X2\n", "it is none of"),
        ("witness X1\nquorum none\n", "it is none of"),
        ("Quorum none\n", "it is none of"),
        (f"witness none {VKEYS['X1']}\nquorum none\n", "the name 'none' is taken"),
        (f"witness A {VKEYS['X1']}\nwitness A {VKEYS['X2']}\nquorum A\n", "the name 'A' is taken"),
        (f"witness A {VKEYS['X1']}\nwitness B {VKEYS['X1']}\nquorum A\n", "this key stands on a line before"),
        (f"log {LOG}\nlog {LOG}\nquorum none\n", "this key stands on a line before"),
        (f"log {VKEYS['X1']}\nquorum none\n", "type 1"),
        (f"witness A {LOG}\nquorum A\n", "type 4"),
        (WITNESSES + "group G 3 X1 X2\nquorum G\n", "'3' is not all, any or a number from 1 to 2"),
        (WITNESSES + "group G 0 X1 X2\nquorum G\n", "'0' is not all"),
        (WITNESSES + "group G 01 X1 X2\nquorum G\n", "'01' is not all"),
        (WITNESSES + "group G any\nquorum G\n", "it is none of"),
        (WITNESSES + "group G any G\nquorum G\n", "defines 'G'"),
        (WITNESSES + "group G any X1 X1\nquorum G\n", "'X1' is a member already"),
        (WITNESSES + "group G any X1\ngroup H any X1\nquorum G\n", "'X1' is a member already"),
        (WITNESSES + "group G any none\nquorum G\n", "defines 'none'"),
    ],
)
def test_a_policy_that_is_not_clear_is_refused_with_the_line(text, why):
    with pytest.raises(BookError) as caught:
        policy.parse(text.encode())
    assert why in str(caught.value)


def test_a_chain_of_groups_as_long_as_a_file_may_be_is_judged():
    chain = "".join(f"group g{n} any {'X1' if n == 0 else f'g{n - 1}'}\n" for n in range(5_000))
    text = f"witness X1 {VKEYS['X1']}\n{chain}quorum g4999\n"
    assert holds(text, cosigned("X1"))
    assert not holds(text, AT)
