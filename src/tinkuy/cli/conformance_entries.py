"""Entries, sound and damaged, for `tinkuy book conformance`.

Guarantees that each damaged one breaks one rule of the profile in `tinkuy.book.entry`, and is otherwise an entry.
"""

from __future__ import annotations

from tinkuy.book.entry import MAX_DEPTH, MAX_ENTRY, MAX_INTEGER
from tinkuy.cli.conformance_book import Made, act, b64

GOOD = b'{"act":"a","at":"2026-03-08T20:00:00Z","by":"chair","n":0}'

_DEEPER = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
_LONGEST = act(1, text="x" * (MAX_ENTRY - len(act(1, text=""))))

_SOUND = {
    "plain": ("An entry with its four fields.", GOOD),
    "accents": ("Letters beyond ASCII, composed.", act(1, text="Ñandú, ¡Áncash!, \u20ac, \U0001f5f3")),
    "escapes": ("The escapes of RFC 8785 and no others.", act(1, text='"\\/\b\f\n\r\t\x00\x1f\x7f\u2028')),
    "order": ("Keys sorted by their bytes at each level.", act(1, text={"b": 1, "a": 2, "B": 3, "": 4, "10": 5})),
    "figures": ("The largest and smallest numbers.", act(1, list=[MAX_INTEGER, -MAX_INTEGER, 0, -1])),
    "literals": ("Null, true, false, and empty things.", act(1, list=[None, True, False, "", [], {}])),
    "long": ("As many bytes as there may be.", _LONGEST),
    "deep": ("As many levels as there may be.", act(1, list=[[[[[[["deep"]]]]]]])),
    "leap-day": ("29 February of a leap year.", GOOD.replace(b"2026-03-08", b"2028-02-29")),
}


_REPLACED = {
    "space": ("A space after a colon.", b'"n":0', b'"n": 0'),
    "unsorted": ("Keys in another order.", b'"by":"chair","n":0', b'"n":0,"by":"chair"'),
    "key-twice": ("A key that appears twice.", b'"act":"a"', b'"act":"a","act":"a"'),
    "letter-escaped": ("A letter written as an escape.", b'"a"', b'"\\u0061"'),
    "solidus-escaped": ("A solidus written as an escape.", b'"a"', b'"\\/"'),
    "escape-in-capitals": ("An escape with capital digits.", b'"a"', b'"\\u001F"'),
    "escape-too-long": ("A line feed not in its short escape.", b'"a"', b'"\\u000a"'),
    "control-raw": ("A control character not escaped.", b'"a"', b'"\x01"'),
    "lone-surrogate": ("A lone surrogate written as an escape.", b'"a"', b'"\\ud800"'),
    "surrogate-bytes": ("A surrogate written as three bytes.", b'"a"', b'"\xed\xa0\x80"'),
    "not-utf-8": ("A byte that is not UTF-8.", b'"a"', b'"\xff"'),
    "overlong": ("A letter in more bytes than it needs.", b'"a"', b'"\xc1\xa1"'),
    "not-nfc": ("A letter and its accent apart (NFD).", b'"a"', '"n\u0303"'.encode()),
    "key-not-ascii": ("A key beyond ASCII.", b'"n":0', '"n":0,"\u00f1":0'.encode()),
    "fraction": ("A number with a fraction.", b'"n":0', b'"n":1.0'),
    "exponent": ("A number with an exponent.", b'"n":0', b'"n":1e2'),
    "minus-zero": ("Minus zero.", b'"n":0', b'"n":-0'),
    "leading-zero": ("A number with a leading zero.", b'"n":0', b'"n":01'),
    "plus-sign": ("A number with a plus sign.", b'"n":0', b'"n":+1'),
    "not-a-number": ("A word in place of a number.", b'"n":0', b'"n":NaN'),
    "figure-too-large": ("2^53.", b'"n":0', b'"n":9007199254740992'),
    "figure-too-small": ("-2^53.", b'"n":0', b'"n":0,"o":-9007199254740992'),
    "figure-rounded": ("2^53 + 1, which a double cannot hold.", b'"n":0', b'"n":9007199254740993'),
    "comma-after-last": ("A comma after the last field.", b"0}", b"0,}"),
    "comment": ("A comment.", b"0}", b"0/**/}"),
    "no-act": ("No field act.", b'"act":"a",', b""),
    "no-at": ("No field at.", b'"at":"2026-03-08T20:00:00Z",', b""),
    "no-by": ("No field by.", b'"by":"chair",', b""),
    "no-n": ("No field n.", b',"n":0', b""),
    "act-empty": ("An empty act.", b'"a"', b'""'),
    "act-a-number": ("An act that is not a text.", b'"a"', b"1"),
    "by-empty": ("An empty by.", b'"chair"', b'""'),
    "n-negative": ("A negative index.", b'"n":0', b'"n":-1'),
    "n-a-text": ("An index that is a text.", b'"n":0', b'"n":"0"'),
    "time-elsewhere": ("A time with an offset.", b"00Z", b"00+00:00"),
    "time-in-small-letters": ("A time with small t and z.", b"08T20:00:00Z", b"08t20:00:00z"),
    "time-of-fractions": ("A time with a fraction of a second.", b"00Z", b"00.5Z"),
    "time-not-on-the-clock": ("The hour 24.", b"T20", b"T24"),
    "time-of-a-leap-second": ("A leap second.", b"20:00:00Z", b"23:59:60Z"),
    "day-not-in-the-calendar": ("29 February of a common year.", b"2026-03-08", b"2026-02-29"),
    "too-deep": ("One level more than there may be.", b'"n":0}', b'"n":0,"o":' + _DEEPER + b"}"),
    "truncated": ("The last byte is missing.", b"0}", b"0"),
}  # fmt: skip

_OTHERWISE = {
    "newline-at-end": ("A newline at the end.", GOOD + b"\n"),
    "byte-order-mark": ("A byte order mark at the beginning.", b"\xef\xbb\xbf" + GOOD),
    "two-objects": ("Two objects, one after the other.", GOOD + GOOD),
    "zero-at-end": ("A zero byte at the end.", GOOD + b"\x00"),
    "a-list": ("A list around the object.", b"[" + GOOD + b"]"),
    "empty": ("No bytes.", b""),
    "null": ("Null in place of an object.", b"null"),
    "too-long": ("One byte more than there may be.", _LONGEST.replace(b"xx", b"xxx", 1)),
    "utf-16": ("The same text in UTF-16.", GOOD.decode().encode("utf-16-le")),
}  # fmt: skip


def sound() -> Made:
    """Entries that are in their one form."""
    for name, (what, body) in _SOUND.items():
        yield name, what, {"entry": b64(body)}


def damaged() -> Made:
    """Entries that break one rule each."""
    for name, (what, old, new) in _REPLACED.items():
        yield name, what, {"entry": b64(GOOD.replace(old, new, 1))}
    for name, (what, body) in _OTHERWISE.items():
        yield name, what, {"entry": b64(body)}
