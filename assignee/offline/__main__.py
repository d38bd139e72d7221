"""Run the offline services by hand: `python -m assignee.offline --port 0`.

The addresses are printed as one JSON object, source to base URL.
"""

import argparse
import contextlib
import json
import sys
import threading

from assignee.offline.server import LiteratureServer


def main() -> None:
    """Serve until the process is ended."""
    options = argparse.ArgumentParser(prog="python -m assignee.offline", description=__doc__)
    options.add_argument("--port", type=int, default=0, help="first of seven ports; 0: any")
    options.add_argument("--latency", type=float, default=0.0, help="seconds before each reply")
    chosen = options.parse_args()
    with LiteratureServer(port=chosen.port, latency=chosen.latency) as server:
        urls = server.base_urls | {"Publisher": server.publisher_url}
        sys.stdout.write(json.dumps(urls) + "\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
