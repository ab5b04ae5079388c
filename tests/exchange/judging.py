"""What must hold of a simulated federation when all is healed; see `simulation`."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from tests.exchange.simulation import FIRST, SECOND, Node, World, place_of, second_history
from tinkuy.book.package import Package


def played(seed: int, count: int) -> World:
    """A world played from its seed, healed and judged; raises `AssertionError` that names the seed."""
    world = World(seed, count)
    world.play(max(3 * count, 120))
    world.heal()
    judge(world)
    return world


def judge(world: World) -> None:
    """Assert what must hold when all is healed."""
    for node in world.nodes:
        for book in sorted(node.follows):
            author = world.by_book[book]
            if book in world.dishonest:
                _judge_forked(world, node, author)
            else:
                _judge_honest(world, node, author)
        node.store.store.verify()
        node.store.store.close()


def _judge_honest(world: World, node: Node, author: Node) -> None:
    book, whole = author.body.id, author.body.stages[author.stage]
    who = world.told(node, book)
    assert tuple(node.store.store.bodies(book)) == whole.bodies, f"{who}: acts are lacking"
    offered = node.exchange.offered(book)
    assert offered is not None, f"{who}: no checkpoint"
    copy = offered.copy
    assert place_of(copy.note) == place_of(whole.note), f"{who}: not the author's seal"
    assert set(node.exchange.named(copy)) == set(author.body.book.attachments), f"{who}: attachments were lost"
    assert node.exchange.branches(book) == [], f"{who}: evidence against an honest board"


def _judge_forked(world: World, node: Node, author: Node) -> None:
    book, held = author.body.id, tuple(node.store.store.bodies(author.body.id))
    who = world.told(node, book)
    histories = (author.body.stages[-1].bodies, second_history(author.body)[-1].bodies)
    assert held, f"{who}: nothing is held"
    assert any(held == whole[: len(held)] for whole in histories), f"{who}: a mixture of two histories"
    kept = [world.genuine.get(place_of(note)) for note in _notes(node, book)]
    mine = FIRST if held == histories[0][: len(held)] else SECOND
    if node.met.get(book, set()) >= {FIRST, SECOND}:
        assert kept, f"{who}: met both histories and has no evidence"
    assert all(history in {FIRST, SECOND} - {mine} for history in kept), f"{who}: evidence of no second history"


def _notes(node: Node, book: str) -> Iterator[bytes]:
    for path in node.exchange.branches(book):
        data = node.forks.read(path, 10**8)
        assert data is not None
        yield Package(BytesIO(data)).read("checkpoint")
