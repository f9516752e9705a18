#!/usr/bin/env bash
# asgiref 3.13.0 (Local with thread_critical, which holds Django's database connections), Python 3.11 on Linux.
#
# In a thread whose event loop is running, such a Local keeps its values for the running call. A child that os.fork()
# makes there has the same thread and the same stack, but Python tells it that no loop is running; so the Local reads its
# other store, that of plain threads. The child does not see what its parent has just set, and sees instead what was set
# in this thread before the loop ran. With Django: connections.close_all() before the fork closes one connection, and
# the child goes on with another one, perhaps opened long before, to another database. Nothing warns.
#
# Seen: the child reads "set before the loop", its parent "set in the loop".
set -euo pipefail
FOLDER=$(mktemp -d)
trap 'rm -rf "$FOLDER"' EXIT
python3 -m venv "$FOLDER/venv"
"$FOLDER/venv/bin/pip" install --quiet --disable-pip-version-check "asgiref==3.13.0"
cat > "$FOLDER/fork.py" <<'PYTHON'
import asyncio
import os
import sys
from importlib.metadata import version

from asgiref.local import Local

kept = Local(thread_critical=True)
kept.value = "set before the loop"


async def work() -> str:
    kept.value = "set in the loop"
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.write(writing, getattr(kept, "value", "nothing").encode())
        os._exit(0)
    os.wait()
    return os.read(reading, 100).decode()


child, parent = asyncio.run(work()), "set in the loop"
print(f"asgiref {version('asgiref')}, Python {sys.version.split()[0]}: the child reads {child!r}, its parent {parent!r}")
sys.exit(child != "set before the loop")
PYTHON
"$FOLDER/venv/bin/python" "$FOLDER/fork.py"
