from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinkuy.book import merkle
from tinkuy.book.entry import leaf_hash
from tinkuy.book.errors import BookError

# The eight leaves and their roots that Certificate Transparency's implementations share
# (google/certificate-transparency, merkletree test data), written out.
CT_LEAVES = [
    leaf_hash(bytes.fromhex(text))
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(b"%d" % n) for n in range(70)]
ROOTS = [merkle.root(LEAVES[:size]) for size in range(71)]


def reference_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1 word for word."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return merkle.node_hash(reference_root(leaves[:split]), reference_root(leaves[split:]))


def test_the_empty_tree_is_the_hash_of_nothing():
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.Frontier().root() == merkle.EMPTY_ROOT


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size):
    assert merkle.root(CT_LEAVES[:size]).hex() == CT_ROOTS[size - 1]


# RFC 6962 §2.1.3 shows which nodes prove what in a tree of seven; the hashes are those of the shared test data.
def test_inclusion_proofs_are_those_of_certificate_transparency():
    assert [step.hex() for step in merkle.inclusion_proof(CT_LEAVES, 5)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_consistency_proofs_are_those_of_certificate_transparency():
    assert [step.hex() for step in merkle.consistency_proof(CT_LEAVES, 6)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@pytest.mark.parametrize("size", range(1, 71))
def test_a_tree_grown_entry_by_entry_has_the_roots_of_the_definition(size):
    grown = merkle.Frontier(LEAVES[:size])
    assert grown.root() == merkle.root(LEAVES[:size]) == reference_root(LEAVES[:size])
    assert grown.size == size


def test_a_copy_grows_apart():
    tree = merkle.Frontier(LEAVES[:5])
    other = tree.copy()
    other.append(LEAVES[5])
    assert (tree.size, tree.root()) == (5, ROOTS[5])
    assert (other.size, other.root()) == (6, ROOTS[6])


@pytest.mark.parametrize("size", range(1, 71))
def test_every_entry_of_every_tree_is_proved(size):
    for index in range(size):
        proof = merkle.inclusion_proof(LEAVES[:size], index)
        merkle.verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])


@pytest.mark.parametrize("size", range(71))
def test_every_tree_is_shown_to_continue_every_earlier_one(size):
    for old in range(size + 1):
        proof = merkle.consistency_proof(LEAVES[:size], old)
        merkle.verify_consistency(old, ROOTS[old], size, ROOTS[size], proof)


def altered(proof: tuple[bytes, ...]):
    """Every proof that differs by one bit of one hash, a hash less, a hash more or two hashes swapped."""
    for place, step in enumerate(proof):
        yield (*proof[:place], bytes([step[0] ^ 1]) + step[1:], *proof[place + 1 :])
        yield proof[:place] + proof[place + 1 :]
    for place in range(len(proof) - 1):
        yield (*proof[:place], proof[place + 1], proof[place], *proof[place + 2 :])
    yield (*proof, bytes(32))
    yield (bytes(32), *proof)
    yield (*proof, bytes(31))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 33, 64, 69])
def test_an_altered_proof_of_inclusion_fails(size):
    for index in range(size):
        proof = merkle.inclusion_proof(LEAVES[:size], index)
        for other in altered(proof):
            with pytest.raises(BookError):
                merkle.verify_inclusion(LEAVES[index], index, size, other, ROOTS[size])
        for wrong in (index - 1, index + 1, size):
            with pytest.raises(BookError):
                merkle.verify_inclusion(LEAVES[index], wrong, size, proof, ROOTS[size])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 33, 64, 69])
def test_an_altered_proof_of_consistency_fails(size):
    for old in range(size + 1):
        proof = merkle.consistency_proof(LEAVES[:size], old)
        for other in altered(proof):
            with pytest.raises(BookError):
                merkle.verify_consistency(old, ROOTS[old], size, ROOTS[size], other)
        with pytest.raises(BookError):
            merkle.verify_consistency(old, bytes(32), size, ROOTS[size], proof)
        if old > 0:
            with pytest.raises(BookError):
                merkle.verify_consistency(old, ROOTS[old], size, bytes(32), proof)


def test_a_smaller_tree_continues_nothing_larger():
    with pytest.raises(BookError, match="3 does not continue one of 4"):
        merkle.consistency_proof(LEAVES[:3], 4)
    with pytest.raises(BookError, match="3 does not continue one of 4"):
        merkle.verify_consistency(4, ROOTS[4], 3, ROOTS[3], ())
    with pytest.raises(BookError, match="no entry 3"):
        merkle.inclusion_proof(LEAVES[:3], 3)


@settings(max_examples=50)
@given(st.integers(1, 3000), st.data())
def test_larger_trees_prove_their_entries_too(size, data):
    leaves = [leaf_hash(n.to_bytes(4)) for n in range(size)]
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    root = merkle.root(leaves)
    merkle.verify_inclusion(leaves[index], index, size, merkle.inclusion_proof(leaves, index), root)
    proof = merkle.consistency_proof(leaves, old)
    merkle.verify_consistency(old, merkle.root(leaves[:old]), size, root, proof)
