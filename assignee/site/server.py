"""Serves the page on loopback until Ctrl-C."""

import secrets
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from assignee.errors import SettingsError

if TYPE_CHECKING:
    from types import FrameType

    import uvicorn

    from assignee.api import Assignee
    from assignee.site.room import Room

ADDRESS = "127.0.0.1"
INSTALL = "pip install 'assignee-research[web]'"
PATIENCE = 3
"""Seconds that requests under way have when the server ends."""


class Site:
    """A server over one home.

    Args:
        assignee: the program; the caller closes it.
        port: to listen on; 0 takes a free one.

    Raises:
        SettingsError: FastAPI or uvicorn is not installed, or the port is taken.
    """

    def __init__(self, assignee: "Assignee", *, port: int = 0) -> None:
        self._assignee = assignee
        self._socket = listening(port)
        self.port: int = self._socket.getsockname()[1]
        token = secrets.token_urlsafe(24)
        self.first_address = f"http://{ADDRESS}:{self.port}/?token={token}"
        """Opens the page, once."""
        try:
            self._server = self._made(token)
        except ModuleNotFoundError as error:
            self._socket.close()
            raise SettingsError(f"the page needs {error.name}: {INSTALL}") from None

    def _made(self, token: str) -> "uvicorn.Server":
        import uvicorn

        from assignee.site.app import application
        from assignee.site.room import Room

        self._room = room = Room(self._assignee)

        class Server(uvicorn.Server):
            def handle_exit(self, sig: int, frame: "FrameType | None") -> None:
                # Whoever watches would keep the server from ending.
                room.desk.let_go()
                super().handle_exit(sig, frame)

        self._let_go: Callable[[], None] = room.desk.let_go
        return Server(
            uvicorn.Config(
                application(room, port=self.port, token=token),
                log_level="warning",
                access_log=False,
                server_header=False,
                lifespan="off",
                ws="none",
                timeout_graceful_shutdown=PATIENCE,
            )
        )

    def run(self) -> None:
        """Serve until Ctrl-C or `stop`."""
        threading.Thread(target=warm, args=[self._room], name="warm", daemon=True).start()
        try:
            self._server.run([self._socket])
        except KeyboardInterrupt:
            # The server has ended in good order before it raises this.
            return
        finally:
            self._socket.close()

    def stop(self) -> None:
        """End, from another thread."""
        self._let_go()
        self._server.should_exit = True


def listening(port: int) -> socket.socket:
    """A socket on loopback.

    Raises:
        SettingsError: the port is taken or not allowed.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((ADDRESS, port))
        # From now on: a second server must be refused, and an early browser waits its turn.
        listener.listen()
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"port {port} cannot be listened on ({error.strerror}): name another with --port"
        ) from None
    return listener


def warm(room: "Room") -> None:
    """Prepare what pages and runs need, 2 s of work, so that the first question does not wait.

    The page that asks comes first: a browser is on its way to it.
    """
    from assignee.site.room import templates

    for name in ("ask", "watch"):
        templates().get_template(f"{name}.html.j2")
    room.shelf.found("", 1)

    import langgraph.checkpoint.sqlite.aio  # noqa: F401

    import assignee.assembly
    import assignee.engines.local.engine
    import assignee.execution
    import assignee.graph.research

    assignee.graph.research.research()
