"""Ask this container's own web process: ``python deploy/probe.py livez``. Exit 0 when it says yes."""

from __future__ import annotations

import os
import sys
from urllib.error import URLError
from urllib.request import Request, urlopen


def main(path: str) -> int:
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]
    try:
        with urlopen(Request(f"http://127.0.0.1:8000/{path}", headers={"Host": host}), timeout=5) as answer:
            return 0 if answer.status == 200 else 1
    except URLError:
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "livez"))
