"""How trustees make a key of which a threshold decrypts (ceremonia de claves), by files that go from hand to hand.

Guarantees that no machine ever holds the whole key; that each trustee checks what every other gave her before she
publishes anything of her own; and that what does not hold is refused by trustee and check, with nothing written.

    step 1   each trustee     certificate   a seed, kept; a certificate, for the organiser
    step 2   organiser        gather        the list of certificates, for everybody
    step 3   each trustee     deal          a polynomial: coefficients for everybody, a letter for each trustee
    step 4   organiser        route         for each trustee, the letters that are for her
    step 5   each trustee     accept        her public key, and a letter to herself with her private key
    step 6   organiser        conclude      the parameters, for `trustees.json`; each letter back to its trustee
    tally    each trustee     private_key   from her seed and her letter

Each step is a function from files to files, and the files are those of belenios-tool: `*.cert`, `certs.jsons`,
`polynomials.jsons`, `*.vinput`, `*.voutput`, `threshold.json`, `*.dkey`. With certificates that carry their context the
form is that of version 3.0; with certificates of 2.0, which carry none, it is that of 2.0.

Source: Belenios specification 2.0, 3.1.1 and 4.6; Pedersen, "A threshold cryptosystem without a trusted party" (1991).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from tinkuy.ballot.encoding import dumps, read
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.group import Element, Group, Source
from tinkuy.ballot.pki import Hidden, Keys, Signed, keys, new_seed, receive, send, sign, signed
from tinkuy.ballot.proofs import Proof
from tinkuy.ballot.trustee_key import PublicKey, new_private, public, secret_exponent
from tinkuy.ballot.trustee_threshold import (
    MAX_TRUSTEES,
    Certificate,
    CertificateKeys,
    Coefficients,
    Context,
    Parameters,
    at,
    certificates,
    check_key,
    check_witnessed,
    coefficients,
    context,
    public_keys,
    trustee,
    witnessed,
)
from tinkuy.words import say

_MAX_FILE = 2**24


class _Polynomial(Hidden, frozen=True):
    polynomial: tuple[str, ...]


class _Secret(Hidden, frozen=True):
    secret: str


class _PrivateKey(Hidden, frozen=True):
    decryption_key: str


class Dealt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A trustee's polynomial (step 3): a letter to herself, one to each trustee, and the coefficients in the open."""

    polynomial: str
    secrets: tuple[str, ...]
    coefexps: Signed
    signature: Proof | None = None


class Received(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a trustee is given in step 5: her own letter, those of all the trustees to her, everybody's coefficients."""

    polynomial: str
    secrets: tuple[str, ...]
    coefexps: tuple[Signed, ...]
    signatures: tuple[Proof, ...] | None = None


class Accepted(msgspec.Struct, frozen=True):
    """What a trustee gives in step 5: her private key in a letter to herself, and her public key."""

    private_key: str
    public_key: PublicKey


@dataclass(frozen=True, slots=True)
class Ceremony:
    """Certificates that hold, in order; made by `gather`. `contexts` is true of the form of version 3.0."""

    group: Group
    threshold: int
    contexts: bool
    certs: tuple[Signed, ...] = field(repr=False)
    owners: tuple[Certificate, ...] = field(repr=False)

    def place(self, own: Keys) -> int:
        """Where in the list the owner of these keys is, from 0; raises `BallotError` if she is not in it."""
        for place, owner in enumerate(self.owners):
            if (owner.verification, owner.encryption) == (own.verification, own.encryption):
                return place
        raise BallotError(say("The certificate of this key is not in the list: it must not be used in this election."))


def certificate(group: Group, of: Context | None, source: Source) -> tuple[str, bytes]:
    """Step 1: a trustee's seed, which she keeps, and her certificate for the place that `of` names.

    None is for a ceremony with trustees whose program is version 2.0, which knows no places.
    """
    seed = new_seed(source)
    own = keys(group, seed)
    message = CertificateKeys(
        context=of, verification=group.write(own.verification), encryption=group.write(own.encryption)
    )
    return seed, dumps(signed(group, own.signing, dumps(message), source))


def gather(group: Group, certs: Sequence[bytes], threshold: int) -> Ceremony:
    """Step 2: the certificates of all, in the order in which trustees are numbered.

    Raises `BallotError` naming the trustee whose certificate does not hold, or was made for another place.
    """
    read_certs = tuple(
        read(data, Signed, say("{who}, certificate", who=trustee(place + 1)), _MAX_FILE)
        for place, data in enumerate(certs)
    )
    contexts = any(context(cert, trustee(place + 1)) for place, cert in enumerate(read_certs))
    owners = certificates(group, read_certs, threshold, contexts, 1)
    return Ceremony(group, threshold, contexts, read_certs, owners)


def announced(cert: bytes) -> Context:
    """What the first certificate says of its ceremony: group, number of trustees and threshold, all unverified.

    Raises `BallotError` if it does not say it.
    """
    who = trustee(1)
    found = context(read(cert, Signed, say("{who}, certificate", who=who), _MAX_FILE), who)
    if found is None:
        raise BallotError(say("{who}: the certificate does not say of which ceremony it is.", who=who))
    return found


def deal(ceremony: Ceremony, seed: str, source: Source) -> bytes:
    """Step 3: a trustee chooses a polynomial, and gives to each trustee its value at her number."""
    group, own = ceremony.group, keys(ceremony.group, seed)
    place = ceremony.place(own)
    polynomial = [new_private(group, source) for _ in range(ceremony.threshold)]
    coefexps = signed(
        group, own.signing, dumps(Coefficients(tuple(group.write(group.base(a)) for a in polynomial))), source
    )
    letters = [
        send(group, own, owner.encryption, dumps(_Secret(str(_value(group, polynomial, index + 1)))), source)
        for index, owner in enumerate(ceremony.owners)
    ]
    raw = dumps(_Polynomial(tuple(map(str, polynomial))))
    return dumps(
        Dealt(
            polynomial=send(group, own, ceremony.owners[place].encryption, raw, source),
            secrets=tuple(letters),
            coefexps=coefexps,
            signature=sign(group, own.signing, witnessed(ceremony.certs, coefexps), source)
            if ceremony.contexts
            else None,
        )
    )


def route(ceremony: Ceremony, polynomials: Sequence[bytes]) -> list[bytes]:
    """Step 4: for each trustee, what is for her. Raises `BallotError` naming whose polynomial does not hold."""
    dealt, _ = _checked(ceremony, polynomials)
    signatures = tuple(each.signature for each in dealt if each.signature)
    return [
        dumps(
            Received(
                polynomial=dealt[place].polynomial,
                secrets=tuple(each.secrets[place] for each in dealt),
                coefexps=tuple(each.coefexps for each in dealt),
                signatures=signatures if ceremony.contexts else None,
            )
        )
        for place in range(len(dealt))
    ]


def accept(ceremony: Ceremony, seed: str, vinput: bytes, source: Source) -> bytes:
    """Step 5: a trustee checks what each other gave her, adds it up to her private key, and publishes the public one.

    Raises `BallotError` naming the trustee whose letter, coefficients or signature does not hold. A letter that does
    not agree with its sender's coefficients is that sender's fault: the ceremony starts again without her.
    """
    group, own = ceremony.group, keys(ceremony.group, seed)
    place = ceremony.place(own)
    given = read(vinput, Received, say("The file for trustee {number}", number=str(place + 1)), _MAX_FILE)
    dealt = _checked_coefficients(ceremony, given.coefexps, given.signatures)
    _check_own(ceremony, own, place, given, dealt[place])
    if len(given.secrets) != len(ceremony.owners):
        raise BallotError(say("The file for trustee {number} lacks letters.", number=str(place + 1)))
    private = 0
    for index, owner in enumerate(ceremony.owners):
        letter = say("Letter of trustee {sender} to trustee {number}", sender=str(index + 1), number=str(place + 1))
        message = receive(group, own, owner.verification, given.secrets[index], letter)
        terms = 1 if ceremony.contexts else ceremony.threshold
        secret = secret_exponent(group, read(message, _Secret, letter).secret, letter, terms)
        if group.base(secret) != at(group, dealt[index], place + 1):
            raise BallotError(say("{letter}: its value is not that of the coefficients given.", letter=letter))
        private += secret
    return _accepted(ceremony, own, place, private % group.order, source)


def conclude(
    ceremony: Ceremony, polynomials: Sequence[bytes], voutputs: Sequence[bytes]
) -> tuple[Parameters, list[str]]:
    """Step 6: the parameters to be published, and each trustee's letter to herself, in their order.

    Raises `BallotError` naming the trustee whose public key or proof does not hold.
    """
    dealt, coefexps = _checked(ceremony, polynomials)
    expected = public_keys(ceremony.group, coefexps)
    if len(voutputs) != len(expected):
        raise BallotError(
            say("{given} trustees gave their key, and there are {count}.", given=len(voutputs), count=len(expected))
        )
    accepted = []
    for place, data in enumerate(voutputs):
        who = trustee(place + 1)
        each = read(data, Accepted, say("{who}, key", who=who), _MAX_FILE)
        check_key(ceremony.group, ceremony.owners[place], each.public_key, expected[place], ceremony.contexts, who)
        accepted.append(each)
    signatures = tuple(each.signature for each in dealt if each.signature)
    parameters = Parameters(
        threshold=ceremony.threshold,
        certs=ceremony.certs,
        coefexps=tuple(each.coefexps for each in dealt),
        signatures=signatures if ceremony.contexts else None,
        verification_keys=tuple(each.public_key for each in accepted),
    )
    return parameters, [each.private_key for each in accepted]


def private_key(group: Group, seed: str, letter: str) -> int:
    """A trustee's private key for the tally, from her seed and the letter that she wrote to herself in step 5.

    Raises `BallotError` if the letter is not of this seed. Whose key it is, `Trustees.keys` tells by its public half.
    """
    own, what = keys(group, seed), say("The letter with the private key")
    message = receive(group, own, own.verification, letter, what)
    return secret_exponent(group, read(message, _PrivateKey, what).decryption_key, what, MAX_TRUSTEES**2)


def _checked(ceremony: Ceremony, polynomials: Sequence[bytes]) -> tuple[tuple[Dealt, ...], list[tuple[Element, ...]]]:
    """What trustees dealt, with the coefficients that hold."""
    size = len(ceremony.owners)
    if len(polynomials) != size:
        raise BallotError(
            say("{given} trustees gave a polynomial, and there are {count}.", given=len(polynomials), count=size)
        )
    dealt = tuple(
        read(data, Dealt, say("{who}, polynomial", who=trustee(place + 1)), _MAX_FILE)
        for place, data in enumerate(polynomials)
    )
    for place, each in enumerate(dealt):
        if len(each.secrets) != size:
            raise BallotError(
                say(
                    "{who}: {given} letters, and there are {count} trustees.",
                    who=trustee(place + 1),
                    given=len(each.secrets),
                    count=size,
                )
            )
    signatures = tuple(each.signature for each in dealt if each.signature) or None
    return dealt, _checked_coefficients(ceremony, tuple(each.coefexps for each in dealt), signatures)


def _checked_coefficients(
    ceremony: Ceremony, given: Sequence[Signed], signatures: Sequence[Proof] | None
) -> list[tuple[Element, ...]]:
    size = len(ceremony.owners)
    if len(given) != size or len(signatures or ()) != (size if ceremony.contexts else 0):
        raise BallotError(say("Not every trustee gave her coefficients and signed the list of trustees."))
    dealt = []
    for place, owner in enumerate(ceremony.owners):
        who = trustee(place + 1)
        dealt.append(coefficients(ceremony.group, owner, given[place], ceremony.threshold, who))
        if signatures:
            message = witnessed(ceremony.certs, given[place])
            check_witnessed(ceremony.group, owner, message, signatures[place], who)
    return dealt


def _check_own(ceremony: Ceremony, own: Keys, place: int, given: Received, dealt: Sequence[Element]) -> None:
    """That the coefficients said to be the trustee's own are those that she wrote to herself in step 3."""
    group, what = ceremony.group, say("The letter of trustee {number} to herself", number=str(place + 1))
    message = receive(group, own, own.verification, given.polynomial, what)
    polynomial = [secret_exponent(group, a, what) for a in read(message, _Polynomial, what).polynomial]
    if [group.base(a) for a in polynomial] != list(dealt):
        raise BallotError(say("{what}: the coefficients published are not those of its polynomial.", what=what))


def _accepted(ceremony: Ceremony, own: Keys, place: int, private: int, source: Source) -> bytes:
    group = ceremony.group
    key = public(group, private, source)
    if ceremony.contexts:
        key = msgspec.structs.replace(key, signature=sign(group, own.signing, key.public_key, source))
    letter = send(group, own, ceremony.owners[place].encryption, dumps(_PrivateKey(str(private))), source)
    return dumps(Accepted(letter, key))


def _value(group: Group, polynomial: Sequence[int], index: int) -> int:
    value = 0
    for a in reversed(polynomial):
        value = (value * index + a) % group.order
    return value
