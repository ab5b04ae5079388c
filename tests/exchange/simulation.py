"""A federation whose books travel over bad links, played from a seed: what must hold at the end whatever happened.

Every body keeps an installation of its own (a real store, in SQLite's memory) and exchanges with the bodies above and
below it, by files, by sticks and by pulling from a shelf, all through the program's own exchange. On the way files are
doubled, late, out of order, cut off or altered; sticks are old copies of themselves; lines break in the middle of a
book; parts of the federation are cut off; a process is killed between any two writes and starts again; acts claim dates
from 1970 to 2199. Some boards seal two histories, and some secretaries sign one alone.

Then everybody meets the bodies next to them once upward and once downward, and this must hold:

- of every honest book, all who follow it hold all acts and attachments, under the author's own sealed checkpoint;
- of a forked book, everyone holds one of its histories whole as far as it goes, never a mixture;
- whoever met both histories has the second as evidence, and nobody has evidence against an honest board;
- no store ever gave up an act, and every store verifies.

The same seed plays the same steps: `TINKUY_SEED=17 pytest tests/exchange/test_simulation.py -k replayed`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random

from tests.builders import sealed
from tests.exchange.bodies import Body, Drawer, packed, put
from tests.exchange.hazards import Broken, Fragile, Killed, Stick
from tinkuy.book import tiles
from tinkuy.book.checkpoint import parse as parse_checkpoint
from tinkuy.book.entry import leaf_hash
from tinkuy.book.merkle import root
from tinkuy.book.package import Package
from tinkuy.demo.bases import Keys
from tinkuy.desk.desk import Desk
from tinkuy.desk.exchange import Exchange, Met
from tinkuy.desk.exchange_out import Outward
from tinkuy.desk.exchange_places import Offer, Packed, offers
from tinkuy.federation.archive import BookCopy
from tinkuy.store.sqlite import SqliteStore
from tinkuy.words import Spoken

TIMES = ("2026-01-05", "1970-01-02", "2199-12-30", "2026-01-06", "2019-06-01")
SIZES = (2, 4, 6)
PARTING = 2  # acts that both histories of a forked book share
FIRST, SECOND, ALONE = "first", "second", "alone"


@dataclass(eq=False)
class Node:
    """A body with its installation: what it follows, how far its own book has come, and which histories it met."""

    body: Body
    parent: Node | None
    follows: set[str] = field(default_factory=set)
    stage: int = 0
    met: dict[str, set[str]] = field(default_factory=dict)
    store: Fragile = field(default_factory=lambda: Fragile(SqliteStore(Path(":memory:"))))
    forks: Drawer = field(default_factory=Drawer)
    shelf: Stick = field(default_factory=Stick)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """The process begins, with what is in the store and on its disk."""
        self.store.left = -1
        self.exchange = Exchange(Desk(self.store), self.forks)  # type: ignore[arg-type]


@cache
def bodies(count: int) -> tuple[Body, ...]:
    """The bodies' books in their sealed stages; made once for all seeds."""
    return tuple(Body(f"body-{n}", SIZES, TIMES[n % 5 :] + TIMES[: n % 5]) for n in range(count))


@cache
def second_history(body: Body) -> tuple[BookCopy, ...]:
    """What a dishonest board seals beside its book's stages."""
    return tuple(body.other(0, (3, 5, 7)))


class World:
    """A federation in one seed."""

    def __init__(self, seed: int, count: int) -> None:
        self.random = Random(f"exchange {seed}")
        self.seed = seed
        pool = bodies(count)
        self.nodes = self._tree(pool)
        for node in self.nodes:
            above = node
            while above.parent is not None:
                above = above.parent
                above.follows.add(node.body.id)
                node.follows.add(above.body.id)
            node.follows.add(node.body.id)
        self.by_book = {node.body.id: node for node in self.nodes}
        self.dishonest = set(self.random.sample([body.id for body in pool], self.random.randint(0, 2 + count // 20)))
        self.alone = set(self.random.sample([body.id for body in pool], self.random.randint(0, 1 + count // 10)))
        self.genuine = self._genuine()
        self.flying: list[tuple[Node, bytes]] = []
        self.sticks = [Stick() for _ in range(max(2, count // 10))]
        self.old: list[dict[str, bytes]] = []
        self.apart: set[str] = set()
        for node in self.nodes:
            self.release(node, self.random.choice((0, 0, 1, 2)))

    def _tree(self, pool: Sequence[Body]) -> list[Node]:
        """One national body, regions, provinces and bases, each under a body drawn from the level above."""
        count = len(pool)
        regions, provinces = max(1, count // 40), max(1, count // 10)
        nodes = [Node(pool[0], None)]
        for place, body in enumerate(pool[1:], 1):
            level = 0 if place <= regions else 1 if place <= regions + provinces else 2
            above = (nodes[:1], nodes[1 : 1 + regions], nodes[1 + regions : 1 + regions + provinces])[level]
            nodes.append(Node(body, self.random.choice(above)))
        return nodes

    def _genuine(self) -> dict[tuple[str, int, bytes], str]:
        """Every checkpoint that some board or secretary signed in this world: whose history it is of."""
        known = {}
        self.sealed = set()
        for node in self.nodes:
            for copy in node.body.stages:
                known[place_of(copy.note)] = FIRST
                self.sealed.add(copy.note)
            if node.body.id in self.dishonest | self.alone:
                for copy in second_history(node.body):
                    known[place_of(copy.note)] = SECOND if node.body.id in self.dishonest else ALONE
                    if node.body.id in self.dishonest:
                        self.sealed.add(copy.note)
        return known

    def play(self, steps: int) -> None:
        """Bad times."""
        happenings: list[Callable[[], None]] = [
            self.grow,
            self.hand_over,
            self.hand_over,
            self.deliver,
            self.deliver,
            self.deliver,
            self.carry,
            self.carry,
            self.pull,
            self.pull,
            self.deceive,
            self.deceive,
            self.cut_off,
            self.age,
        ]
        for _ in range(steps):
            self.random.choice(happenings)()

    # What happens

    def grow(self) -> None:
        """Some bodies seal the next stage of their books."""
        for node in self.random.sample(self.nodes, len(self.nodes) // 4):
            if node.stage + 1 < len(SIZES):
                self.release(node, node.stage + 1)

    def release(self, node: Node, stage: int) -> None:
        node.stage = stage
        for data in node.body.book.attachments.values():
            node.exchange.desk.attach(data)
        copy = node.body.stages[stage]
        if node.body.id in self.dishonest and node.exchange.desk.contradicts(copy):
            return  # the board has met its own second history
        node.exchange.desk.take(copy)

    def hand_over(self) -> None:
        """A body writes a file for a neighbour: it goes its way once or twice, perhaps damaged."""
        giver, taker = self.neighbours()
        shared = sorted(giver.follows & taker.follows)
        for book in self.random.sample(shared, min(3, len(shared))):
            offered = giver.exchange.offered(book)
            if offered is not None:
                self.send(taker, packed(offered.copy, giver.exchange.named(offered.copy)))

    def send(self, taker: Node, data: bytes) -> None:
        chance = self.random.random()
        if chance < 0.15:
            data = data[: self.random.randrange(len(data))]
        elif chance < 0.3:
            place = self.random.randrange(len(data))
            data = data[:place] + bytes([data[place] ^ 1 << self.random.randrange(8)]) + data[place + 1 :]
        self.flying += [(taker, data)] * self.random.choice((1, 1, 2))

    def deliver(self) -> None:
        """Some file arrives, whenever it was sent."""
        if not self.flying:
            return
        taker, data = self.flying[self.random.randrange(len(self.flying))]
        if taker.body.id in self.apart:
            return
        if self.random.random() < 0.7:
            self.flying.remove((taker, data))
        with self.danger(taker):
            self.meet_all(taker, lambda: offers(Packed(Package(BytesIO(data))), "file"))

    def carry(self) -> None:
        """A stick is brought level with a body's books, and perhaps pulled out."""
        node, stick = self.random.choice(self.nodes), self.random.choice(self.sticks)
        if self.random.random() < 0.2:
            self.damage(stick)
        with self.danger(node, stick):
            self.meet_all(node, lambda: offers(stick, "stick"))
            self.give(node, stick, self.random.sample(sorted(node.follows), min(4, len(node.follows))))

    def pull(self) -> None:
        """A body pulls from a neighbour's shelf over a line that may break."""
        giver, taker = self.neighbours()
        shared = sorted(giver.follows & taker.follows)
        with self.danger(giver, giver.shelf):
            self.give(giver, giver.shelf, self.random.sample(shared, min(3, len(shared))))
        giver.shelf.whole_for = self.random.choice((-1, self.random.randrange(30)))
        with self.danger(taker):
            self.meet_all(taker, lambda: offers(giver.shelf, "shelf"))
        giver.shelf.whole_for = -1

    def deceive(self) -> None:
        """A dishonest board hands out its second history; a secretary, one that nobody else signed; a stranger, one
        sealed with other keys.
        """
        cheats = sorted(self.dishonest | self.alone) or [self.nodes[0].body.id]
        cheat = self.by_book[self.random.choice(cheats)].body
        copy = self.random.choice(second_history(cheat))
        if cheat.id not in self.dishonest:
            copy = BookCopy(copy.bodies, alone(cheat, copy) if cheat.id in self.alone else stranger(cheat, copy))
        followers = [node for node in self.nodes if cheat.id in node.follows]
        for taker in self.random.sample(followers, min(2, len(followers))):
            self.send(taker, packed(copy, cheat.book.attachments))

    def cut_off(self) -> None:
        """Parts of the federation cannot be reached for a while."""
        several = self.random.randrange(1 + len(self.nodes) // 2)
        self.apart = {node.body.id for node in self.random.sample(self.nodes, several)}

    def age(self) -> None:
        """A stick is put away as it is, or one from long ago comes back."""
        stick = self.random.choice(self.sticks)
        if self.old and self.random.random() < 0.5:
            stick.files = dict(self.random.choice(self.old))
        else:
            self.old.append(dict(stick.files))

    # How it happens

    def neighbours(self) -> tuple[Node, Node]:
        """A body and one next to it, in either order, that can reach each other."""
        while True:
            node = self.random.choice(self.nodes[1:])
            assert node.parent is not None
            pair = [node, node.parent]
            if self.random.random() < 0.1 or not self.apart & {one.body.id for one in pair}:
                self.random.shuffle(pair)
                return pair[0], pair[1]

    @contextmanager
    def danger(self, node: Node, stick: Stick | None = None) -> Iterator[None]:
        """The process of a body may be killed, or its stick pulled out, and it starts again."""
        if self.random.random() < 0.3:
            node.store.left = self.random.randrange(12)
        if stick is not None and self.random.random() < 0.3:
            stick.left = self.random.randrange(12)
        try:
            yield
        except Killed:
            node.start()
        finally:
            node.store.left = -1
            if stick is not None:
                stick.left = -1

    def damage(self, stick: Stick) -> None:
        """A file of a stick is cut off or altered."""
        if stick.files:
            path = self.random.choice(sorted(stick.files))
            data = stick.files[path]
            place = self.random.randrange(len(data)) if data else 0
            cut = self.random.random() < 0.5
            stick.files[path] = data[:place] if cut else data[:place] + b"\x00" + data[place + 1 :]

    def give(self, node: Node, shelf: Stick, books: Sequence[str]) -> None:
        """What `tinkuy export` does with these books."""
        outward = Outward(node.exchange, shelf)
        for book in books:
            if node.store.store.latest_checkpoint(book) is not None:
                outward.put(book)
        outward.list_books()

    def meet_all(self, node: Node, found: Callable[[], Iterator[Offer]]) -> None:
        """What `tinkuy import` does with what is there, of the books that the body follows."""
        try:
            for offer in found():
                self.meet(node, offer)
        except Spoken:
            return

    def meet(self, node: Node, offer: Offer) -> None:
        """Meet one copy; whatever it is, what was held stays, and only what was signed is taken for signed."""
        note, book = b"", ""
        with suppress(Spoken):
            note = offer.read("checkpoint", 10**6) or b""
            book = parse_checkpoint(note).book_id
        if book and book not in node.follows:
            return
        before = node.store.store.bodies(book)
        met: Met | None = None
        why: Spoken | None = None
        try:
            met = node.exchange.meet(offer)
        except Spoken as refused:
            why = refused
        finally:
            after = node.store.store.bodies(book)
            assert after[: len(before)] == before, f"{self.told(node, book)} gave up acts"
            self.sealed_to_the_end(node, book)
        if met is None:
            broken = isinstance(why, Broken) or not self.intact(offer, note)
            assert broken, f"{self.told(node, book)} refused a whole copy: {why}"
            assert after == before, f"{self.told(node, book)} wrote what it refused"
        else:
            self.note(node, met, note)

    def sealed_to_the_end(self, node: Node, book: str) -> None:
        """No installation here records acts of its own that are not sealed: so none may be found, killed or not."""
        note = node.store.store.latest_checkpoint(book)
        sealed = 0 if note is None else parse_checkpoint(note).size
        assert node.store.store.size(book) == sealed, f"{self.told(node, book)} holds acts without their seal"

    def intact(self, offer: Offer, note: bytes) -> bool:
        """Whether a copy is one that a whole board sealed, with all that belongs to it; found out by other means."""
        try:
            checkpoint, acts = tiles.read_book(lambda path: offer.read(path, 10**7))
            come = {name: offer.read(f"attachments/{name}", 10**7) or b"" for name in offer.attachments()}
        except Spoken:
            return False
        needed = self.by_book[checkpoint.book_id].body.book.attachments if place_of(note) in self.genuine else {}
        sealed = note in self.sealed and root([leaf_hash(act) for act in acts]) == checkpoint.root
        return sealed and all(come.get(name) == data for name, data in needed.items())

    def note(self, node: Node, met: Met, note: bytes) -> None:
        """Remember which history this was."""
        history = self.genuine.get(place_of(note))
        assert history is not None, f"{self.told(node, met.book)} took a checkpoint that nobody signed"
        if history == ALONE:
            assert met.outcome in ("waits", "same"), f"{self.told(node, met.book)} kept what one officer signed"
        elif met.size > PARTING:
            node.met.setdefault(met.book, set()).add(history)

    def told(self, node: Node, book: str) -> str:
        return f"seed {self.seed}, {len(self.nodes)} bodies: {node.body.name}, book of {self.by_book[book].body.name}"

    # How it ends

    def heal(self) -> None:
        """Everybody comes within reach; each meets the body above, from the bases up, then from the top down."""
        self.apart, self.flying = set(), []
        for node in reversed(self.nodes[1:]):
            self.bring(node, node.parent)
        for node in self.nodes[1:]:
            self.bring(node.parent, node)

    def bring(self, giver: Node | None, taker: Node) -> None:
        assert giver is not None
        shelf = Stick()
        books = sorted(book for book in giver.follows & taker.follows if giver.store.store.size(book))
        put(giver.exchange, shelf, *books)
        for offer in offers(shelf, "shelf"):
            self.meet(taker, offer)


@cache
def _signed(body: Body, officers: Keys, roles: tuple[str, ...]) -> dict[bytes, bytes]:
    return {copy.note: sealed(copy.bodies, officers, roles=roles).note for copy in second_history(body)}


def alone(body: Body, copy: BookCopy) -> bytes:
    """The checkpoint of a second history with the secretary's signature only."""
    return _signed(body, body.book.keys, ("secretary",))[copy.note]


def stranger(body: Body, copy: BookCopy) -> bytes:
    """The checkpoint of a second history signed in the officers' names with keys that are not theirs."""
    return _signed(body, Keys(2, "stranger"), ("chair", "secretary"))[copy.note]


def place_of(note: bytes) -> tuple[str, int, bytes]:
    checkpoint = parse_checkpoint(note)
    return checkpoint.book_id, checkpoint.size, checkpoint.root
