"""The store: where books are kept, behind one small port; `SqliteStore` is one file on a laptop."""

from tinkuy.store.port import Store, StoreError
from tinkuy.store.sqlite import SqliteStore

__all__ = ["SqliteStore", "Store", "StoreError"]
