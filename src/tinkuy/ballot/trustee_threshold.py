"""Trustees of whom some are enough (umbral): what is published about a key made by n of whom t decrypt.

Guarantees, of parameters that verify: every trustee signed which trustees there are, how many are needed, and the
coefficients that she gave; every public key is the one that all the coefficients together give; and its owner knows the
private one. So nobody was put in, left out or moved, and any t of them can decrypt.

The form is that of version 3.0, in which each certificate begins with its context and trustees sign the certificates
and their keys. The form of 2.0, without any of the three, is read as well; `Parameters.signatures` tells.

Source: Belenios specification 2.0, 4.6.2 and 4.6.4 to 4.6.7 (Pedersen's key generation); version 3.0 for contexts and
signatures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from tinkuy.ballot.encoding import dumps, read
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.group import Element, Group
from tinkuy.ballot.pki import Signed
from tinkuy.ballot.proofs import Proof
from tinkuy.ballot.trustee_key import PublicKey, element, proven, verified
from tinkuy.words import Said, say

MAX_TRUSTEES = 100


class Context(msgspec.Struct, frozen=True):
    """In what a certificate was made: the group, how many trustees, how many decrypt, and whose it is (from 1)."""

    group: str
    size: int
    threshold: int
    index: int


class CertificateKeys(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a certificate says: the keys by which a trustee is written to and believed."""

    context: Context | None = None
    verification: str
    encryption: str


class Coefficients(msgspec.Struct, frozen=True):
    """g to each coefficient of a trustee's polynomial: t elements."""

    coefexps: tuple[str, ...]


class Witnessed(msgspec.Struct, frozen=True):
    """What a trustee signs so that all of them have the same list: every certificate, and her own coefficients."""

    certs: tuple[Signed, ...]
    coefexps: tuple[str, ...]


class Parameters(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is published about trustees with a threshold, as text."""

    threshold: int
    certs: tuple[Signed, ...]
    coefexps: tuple[Signed, ...]
    signatures: tuple[Proof, ...] | None = None
    verification_keys: tuple[PublicKey, ...]


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that holds: two elements."""

    verification: Element
    encryption: Element


@dataclass(frozen=True, slots=True)
class Part:
    """Trustees of whom `threshold` decrypt together: their keys X, names, and their share of the election's key.

    One mandatory trustee is a part with one key and threshold 1.
    """

    threshold: int
    keys: tuple[Element, ...]
    names: tuple[str | None, ...]
    key: Element


def trustee(number: int, name: str | None = None) -> Said:
    """A trustee as errors name her: by her number among all, from 1, and her name if she gave one."""
    if name is None:
        return say("Trustee {number}", number=str(number))
    return say("Trustee {number} ({name})", number=str(number), name=name[:60])


def context(cert: Signed, who: Said) -> Context | None:
    """What a certificate says about the ceremony; None in version 2.0. Raises `BallotError` if it cannot be read."""
    return read(cert.message.encode(), CertificateKeys, _certificate_of(who)).context


def certificate(group: Group, cert: Signed, expected: Context | None, who: Said) -> Certificate:
    """The keys in a certificate. Raises `BallotError` unless it was made for this place and signed by its own key."""
    written = read(cert.message.encode(), CertificateKeys, _certificate_of(who))
    if written.context != expected:
        raise BallotError(
            say("{who}: the certificate was made for another group, number of trustees, threshold or place.", who=who)
        )
    verification = element(group, written.verification, who, say("verification key"))
    encryption = element(group, written.encryption, who, say("encryption key"))
    if group.one in (verification, encryption):
        raise BallotError(say("{who}: a key of the certificate is 1, which hides nothing.", who=who))
    if not _signed(group, verification, cert, who):
        raise BallotError(say("{who}: the certificate is not signed by its own key.", who=who))
    return Certificate(verification, encryption)


def certificates(
    group: Group, certs: Sequence[Signed], threshold: int, contexts: bool, first: int
) -> tuple[Certificate, ...]:
    """The keys of all, in order. `contexts` is true of version 3.0; `first` is the number of the first trustee.

    Raises `BallotError` naming the trustee whose certificate does not hold, is another's, or the threshold.
    """
    size = len(certs)
    if not 1 <= threshold <= size <= MAX_TRUSTEES:
        raise BallotError(
            say(
                "{threshold} of {size} trustees: there may be {limit}, and a threshold is from 1 to their number.",
                threshold=threshold,
                size=size,
                limit=MAX_TRUSTEES,
            )
        )
    owners: dict[Element, int] = {}
    known = []
    for index, cert in enumerate(certs):
        expected = Context(group.name, size, threshold, index + 1) if contexts else None
        keys = certificate(group, cert, expected, trustee(first + index))
        for key in (keys.verification, keys.encryption):
            if owners.setdefault(key, index) != index:
                raise BallotError(
                    say(
                        "{who}: the keys are those of {other}.",
                        who=trustee(first + index),
                        other=trustee(first + owners[key]),
                    )
                )
        known.append(keys)
    return tuple(known)


def coefficients(group: Group, owner: Certificate, given: Signed, threshold: int, who: Said) -> tuple[Element, ...]:
    """g^a for each coefficient a of a trustee's polynomial. Raises `BallotError` unless she signed t of them."""
    if not _signed(group, owner.verification, given, who):
        raise BallotError(say("{who}: the signature of the coefficients does not hold.", who=who))
    written = read(given.message.encode(), Coefficients, say("{who}, coefficients", who=who)).coefexps
    if len(written) != threshold:
        raise BallotError(
            say(
                "{who}: {given} coefficients, and the threshold is {threshold}.",
                who=who,
                given=len(written),
                threshold=threshold,
            )
        )
    return tuple(element(group, text, who, say("coefficients")) for text in written)


def witnessed(certs: Sequence[Signed], given: Signed) -> str:
    """What a trustee signs about the list of trustees and her coefficients."""
    own = read(given.message.encode(), Coefficients, say("coefficients")).coefexps
    return "certs_sig|" + dumps(Witnessed(tuple(certs), own)).decode()


def check_witnessed(group: Group, owner: Certificate, message: str, signature: Proof, who: Said) -> None:
    """Raises `BallotError` unless the trustee signed this list of trustees, as `witnessed` writes it."""
    if not proven(group, f"sigmsg|{message}|", signature, owner.verification, who):
        raise BallotError(say("{who}: the signature of the list of trustees does not hold.", who=who))


def public_keys(group: Group, dealt: Sequence[Sequence[Element]]) -> tuple[Element, ...]:
    """X of each trustee, from everybody's coefficients (t elements each): g to the sum of the polynomials at 1 … n."""
    sums = [group.product(column) for column in zip(*dealt, strict=True)]
    return tuple(at(group, sums, index + 1) for index in range(len(dealt)))


def at(group: Group, coefficients: Sequence[Element], index: int) -> Element:
    """g^f(index) from g to each coefficient of f, by Horner's rule: the exponents stay as small as `index`."""
    result = group.one
    for coefficient in reversed(coefficients):
        result = group.multiply(group.power(result, index), coefficient)
    return result


def check_key(group: Group, owner: Certificate, key: PublicKey, expected: Element, contexts: bool, who: Said) -> None:
    """Raises `BallotError` unless a trustee's published key is the expected one, proven, and (3.0) signed by her."""
    if verified(group, key, who) != expected:
        raise BallotError(say("{who}: the public key is not the one that the coefficients give.", who=who))
    if (key.signature is not None) != contexts:
        raise BallotError(say("{who}: the public key is signed in version 3.0, and not in 2.0.", who=who))
    if key.signature and not proven(group, f"sigmsg|{key.public_key}|", key.signature, owner.verification, who):
        raise BallotError(say("{who}: the signature of the public key does not hold.", who=who))


def verify(group: Group, parameters: Parameters, first: int) -> Part:
    """The part of the trustees that these parameters describe, every proof checked.

    `first` is the number of its first trustee. Raises `BallotError` naming the trustee and the check.
    """
    contexts = parameters.signatures is not None
    certs, size = parameters.certs, len(parameters.certs)
    signatures = parameters.signatures or ()
    if not size == len(parameters.coefexps) == len(parameters.verification_keys) or (
        contexts and len(signatures) != size
    ):
        raise BallotError(
            say(
                "From trustee {number} on: not every certificate has its coefficients, signature and key.",
                number=str(first),
            )
        )
    owners = certificates(group, certs, parameters.threshold, contexts, first)
    dealt = []
    for index, (owner, given) in enumerate(zip(owners, parameters.coefexps, strict=True)):
        who = trustee(first + index, parameters.verification_keys[index].name)
        dealt.append(coefficients(group, owner, given, parameters.threshold, who))
        if contexts:
            check_witnessed(group, owner, witnessed(certs, given), signatures[index], who)
    keys = public_keys(group, dealt)
    for index, (owner, key) in enumerate(zip(owners, parameters.verification_keys, strict=True)):
        check_key(group, owner, key, keys[index], contexts, trustee(first + index, key.name))
    names = tuple(key.name for key in parameters.verification_keys)
    return Part(parameters.threshold, keys, names, group.product(given[0] for given in dealt))


def _certificate_of(who: Said) -> Said:
    return say("{who}, certificate", who=who)


def _signed(group: Group, verification: Element, message: Signed, who: Said) -> bool:
    return proven(group, f"sigmsg|{message.message}|", message.signature, verification, who)
