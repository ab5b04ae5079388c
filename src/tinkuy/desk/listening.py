"""Before a program listens: is the port its own to take?

Guarantees one clear refusal before anything is loaded or printed. The server itself asks again: between the two another
program may come first.
"""

from __future__ import annotations

import socket

from tinkuy.words import Spoken, say


class PortTaken(Spoken):
    """An address and port on which this program cannot listen."""


def expect_free(host: str, port: int) -> None:
    """Raise `PortTaken` when this program cannot listen there, with the system's reason."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(
                say(
                    "port {port} cannot be used ({reason}); choose another with --port",
                    port=str(port),
                    reason=error.strerror or str(error),
                )
            ) from error
