"""How the web process serves: synchronous workers, restarted now and then, never waiting for ever."""

from __future__ import annotations

import os

bind = os.environ.get("WEB_BIND", "0.0.0.0:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "4"))
worker_tmp_dir = "/dev/shm"  # a heartbeat on a slow disk would look like a hanging worker
timeout = 30
graceful_timeout = 30
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
accesslog = None  # django-structlog writes one line per request
