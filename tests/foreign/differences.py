"""Where a judge by design answers otherwise than the book's formats ask, each with its reason.

A key is a pattern of names of cases (`re.fullmatch`). The tests hold this list to be exact in both directions: a case
that it names is answered otherwise, and no other is. docs/conformance.md is written from it.
"""

from __future__ import annotations

_RULES_OF_TINKUY = "It is a rule of Tinkuy's, not of the standard that the judge implements"

GO = {
    r"consistency/\d+/from-nothing": "It refuses: `CheckTree` knows no tree without entries; C2SP lets one begin there",
    r"checkpoint/7/another-spelling|checkpoint/7/bit-flipped/secretary\.144|checkpoint/7/root-written-amiss/7": (
        "It reads base64 whose unused bits are not zero"
    ),
    r"checkpoint/7/(signature|key)-twice": "It keeps the first of several lines by one key and drops the rest unread",
    r"checkpoint/7/blank-line-inside": "It passes over whatever follows the root, for the sake of later versions",
    r"checkpoint/7/key-of-small-order": (
        "RFC 8032 does not ask for it: libsodium, which the book's format names, refuses keys that sign any text"
    ),
    r"proof/7/entry-numbered-otherwise": _RULES_OF_TINKUY,
}

NODE = {
    r"entry/one/(not-nfc|key-not-ascii|figure-too-large|figure-too-small|no-.*|act-.*|by-.*|n-.*|time-.*|day-.*)": (
        _RULES_OF_TINKUY
    ),
    r"entry/one/(too-deep|too-long|a-list|null)": _RULES_OF_TINKUY,
    r"checkpoint/7/bit-flipped/(chair|secretary)\.6|checkpoint/7/shorter-name-same-id": (
        "It takes the name on a signature line for a pattern to be found in the key's name"
    ),
    r"checkpoint/7/(another-spelling|bit-flipped/(chair\.141|secretary\.14[45]))|proof/7/bit-flipped/408": (
        "It reads base64 with other letters, without padding or with unused bits"
    ),
    r"proof/7/bit-flipped/(259|275)": (
        "It takes the name on a signature line for a pattern to be found in the key's name"
    ),
    r"checkpoint/7/(two-blank-lines|blank-line-(at-end|between)|line-(after|between)-signatures)": (
        "It looks for signature lines anywhere after the first blank line and passes over the rest"
    ),
    r"checkpoint/7/name-with-(plus|space)": "It looks for signature lines and passes over what is not one",
    r"checkpoint/7/(signature|key)-twice": "It is content with the first signature that is valid",
    r"checkpoint/7/(too-many-signatures|too-long|control-character)": "It sets notes no limits of length or letters",
    r"checkpoint/7/size-written-amiss/(0|1|2|3|4|5|11)": "It reads the size as any whole number of JavaScript",
    r"checkpoint/7/root-written-amiss/[0-35-8]": "It does not ask the root for its length or spelling here",
    r"checkpoint/7/key-of-small-order": "RFC 8032 does not ask for it: OpenSSL accepts keys that sign any text",
    r"proof/7/entry-numbered-otherwise": _RULES_OF_TINKUY,
}
