"""A result in one short message: figures only, signed by nobody (parte por SMS).

Guarantees that the message fits 160 signs that every telephone writes (GSM 7-bit basic set, 3GPP TS 23.038: digits,
capitals, and `. - _`), and that a slip in copying it is found: any one sign written wrong, any two exchanged, anything
left out or added. Two check signs are the remainder modulo 1,009 of the signs as digits in base 41, so every single
substitution and every exchange of two different neighbours changes them (1,009 is a prime above 41, and so divides
neither the difference of two signs nor that times 40); the number of figures is written as well.

    TK 0302-001 REQ1YG 3 47.42.4 109.93.93.0.0.0 7B

Code of the unit, the first signs of the consultation's id, how many options, their votes, then on the roll, signed in,
cast, blank, null, challenged; `-` is a missing figure. Small letters are read as meant, and so are, in the check signs,
O for 0 and I or L for 1.

Source: federation.md, "Travelling without a network".
"""

from __future__ import annotations

from dataclasses import dataclass

from tinkuy.assembly.vote import MAX_FIGURE, MAX_OPTIONS, Count
from tinkuy.book import crockford
from tinkuy.words import Said, Spoken, say

LONGEST = 160
NAMED = 6  # signs of the consultation's id
BOXES = ("eligible", "signed_in", "cast", "blank", "null", "challenged")
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ.-_ "  # the values 1 to 40: 0 would make a leading sign disappear
PRIME = 1_009


class SmsError(Spoken):
    """A message that is too long, or that was not copied as it was written."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a message says: the unit's code, the first signs of the consultation's id, and the figures."""

    unit: str
    consultation: str
    count: Count


def write(unit: str, consultation: str, count: Count) -> str:
    """The message; raises `SmsError` when it is longer than 160 signs or the code holds other signs than it may."""
    votes = ".".join(_figure(vote) for vote in count.votes)
    boxes = ".".join(_figure(getattr(count, box)) for box in BOXES)
    body = f"TK {unit.upper()} {consultation[:NAMED].upper()} {len(count.votes)} {votes} {boxes}"
    if any(sign not in SIGNS for sign in body):
        raise SmsError(say("the code {code} has signs that not every telephone writes", code=unit))
    text = f"{body} {_check(body)}"
    if len(text) > LONGEST:
        raise SmsError(say("the message has {size} signs and {most} fit: send the file", size=len(text), most=LONGEST))
    return text


def read(text: str) -> Told:
    """What a message says. Raises `SmsError` saying that it was not copied as it was written, or is no such message."""
    plain = " ".join(text.split()).upper()
    body, _, check = plain.rpartition(" ")
    words = body.split(" ")
    if len(plain) > LONGEST or len(words) != 6 or words[0] != "TK" or any(sign not in SIGNS for sign in body):
        raise SmsError(
            say("this is not a message with a result: TK, the unit, the consultation, options, figures and check signs")
        )
    if crockford.as_read(check) != _check(body):
        raise SmsError(
            say("the check signs do not fit: a sign was lost, exchanged or written wrong; ask for the message again")
        )
    _, unit, consultation, options, votes, boxes = words
    figures = [_read(figure) for figure in votes.split(".")]
    others = [_read(figure) for figure in boxes.split(".")]
    if options != str(len(figures)) or len(others) != len(BOXES) or len(figures) > MAX_OPTIONS:
        raise SmsError(
            say("the message says {options} options and has figures of {given}", options=options, given=len(figures))
        )
    return Told(unit, consultation.lower(), Count(votes=tuple(figures), **dict(zip(BOXES, others, strict=True))))


def differences(told: Count, signed: Count) -> tuple[Said, ...]:
    """Where a message and the signed sheet differ, one saying a figure, in the order of the message."""
    pairs = [(str(at), one, other) for at, (one, other) in enumerate(zip(told.votes, signed.votes, strict=False), 1)]
    found = [
        say("option {number}: {told} told, {signed} signed", number=number, told=_shown(one), signed=_shown(other))
        for number, one, other in pairs
        if one != other
    ]
    if len(told.votes) != len(signed.votes):
        found.append(say("{told} options told, {signed} signed", told=len(told.votes), signed=len(signed.votes)))
    for box in BOXES:
        one, other = getattr(told, box), getattr(signed, box)
        if one != other:
            found.append(say("{box}: {told} told, {signed} signed", box=box, told=_shown(one), signed=_shown(other)))
    return tuple(found)


def _check(body: str) -> str:
    remainder = 0
    for sign in body:
        remainder = (remainder * 41 + SIGNS.index(sign) + 1) % PRIME
    return crockford.ALPHABET[remainder // 32] + crockford.ALPHABET[remainder % 32]


def _figure(figure: int | None) -> str:
    return "-" if figure is None else str(figure)


def _read(text: str) -> int | None:
    if text == "-":
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 10 or int(text) > MAX_FIGURE or text != str(int(text)):
        raise SmsError(say("“{figure}” is not a whole number of persons or papers", figure=text[:40]))
    return int(text)


def _shown(figure: int | None) -> Said:
    return say("missing") if figure is None else say("{number}", number=figure)
