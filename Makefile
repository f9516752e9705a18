# Needs Python 3.11, make and git; everything else is installed into .venv, pinned and hashed.
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
PYTEST_WORKERS ?= 3
export PORT

# What `check --deploy` needs to load the production settings; nothing is connected to.
PRODUCTION_LIKE = DJANGO_SETTINGS_MODULE=puyang_grid.settings.production \
  SECRET_KEY=$$(head -c 48 /dev/urandom | base64 -w0) ALLOWED_HOSTS=grid.example.org \
  DATABASE_URL=postgresql://app:x@127.0.0.1:1/none DATABASE_OWNER_URL=postgresql://owner:x@127.0.0.1:1/none \
  REDIS_URL=redis://127.0.0.1:1/0 REDIS_PASSWORD=x AUDIT_ANCHOR_FILE=/elsewhere/roots.jsonl \
  SEALING_KEYS=$$(for ring in personal sensitive secret index trace; do echo -n "$$ring.1:$$(head -c 32 /dev/urandom | base64),"; done | sed 's/,$$//')

.PHONY: help demo demo-reset run servers servers-stop migrate test check format floors handbook life regulation schema requirements clean

help:  ## Say what can be asked for
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

demo: $(VENV)/.installed  ## Start the whole platform with Puyang in it (PORT=8000)
	@exec $(BIN)/python -m demo.running

demo-reset: $(VENV)/.installed  ## Forget the demo's data; the next `make demo` starts over
	@$(BIN)/python -m demo.running reset

run: $(VENV)/.installed migrate  ## Django's own reloading server, for developers
	@$(BIN)/python manage.py runserver 127.0.0.1:$(PORT)

servers: $(VENV)/.installed  ## Start the embedded PostgreSQL and Valkey in the background
	@$(BIN)/python -m puyang_grid.embedded start

servers-stop: $(VENV)/.installed  ## Stop them
	@$(BIN)/python -m puyang_grid.embedded stop

migrate: servers  ## Bring the tables up to date, as the owner, and grant the application and the posts their rights
	@DATABASE_ROLE=owner $(BIN)/python manage.py migrate --no-input
	@DATABASE_ROLE=owner $(BIN)/python manage.py grant_app_role
	@$(BIN)/python manage.py begin_trace
	@$(BIN)/python manage.py sync_grants

test: $(VENV)/.installed-dev  ## The whole suite, browser journeys included
	@$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadgroup

check: $(VENV)/.installed-dev  ## Lint, types, import contracts, migrations, deployment, templates
	@echo "== ruff" && $(BIN)/ruff check .
	@echo "== format" && $(BIN)/ruff format --check .
	@echo "== mypy" && $(BIN)/mypy
	@echo "== import contracts" && $(BIN)/lint-imports --no-cache --no-logo
	@echo "== migrations" && $(BIN)/python manage.py makemigrations --check --dry-run
	@echo "== deployment" && env $(PRODUCTION_LIKE) $(BIN)/python manage.py check --deploy --fail-level WARNING
	@echo "== templates" && $(BIN)/djlint templates --lint --quiet
	@echo "== all checks passed"

format: $(VENV)/.installed-dev  ## Lay the code out
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

handbook: $(VENV)/.installed-dev  ## Take the pictures of the handbook from a running demo
	@$(BIN)/python manage.py shell -v0 -c 'from tests.handbook import main; main("http://127.0.0.1:$(PORT)")'

floors: $(VENV)/.installed-dev  ## Draw docs/floors.svg from the import contract
	@$(BIN)/python -m tests.architecture.floors

life: $(VENV)/.installed-dev  ## Write docs/life-of-a-case.md from the state table
	@$(BIN)/python manage.py shell -v0 -c 'from tests.life_page import main; main()'

regulation: $(VENV)/.installed-dev  ## Write the tests column of docs/regulation.md from the marks in the tests
	@$(BIN)/python manage.py shell -v0 -c 'from tests.regulation import main; main()'

schema: $(VENV)/.installed-dev  ## Write the API's description to docs/api.yml
	@$(BIN)/python manage.py spectacular --validate --fail-on-warn --file docs/api.yml

requirements: $(VENV)/.installed-dev  ## Compile the .in files into pinned, hashed lists
	@for name in requirements requirements-embedded requirements-dev; do \
	  $(BIN)/uv pip compile --quiet --no-strip-extras --generate-hashes --no-header --python-version 3.11 \
	    --output-file $$name.txt $$name.in || exit 1; \
	done

clean:  ## Remove the environment and everything local (the demo's data too)
	@if [ -x $(BIN)/python ] && [ -d var ]; then $(BIN)/python -m demo.running reset; fi
	@rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 is needed." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; PYTHON=/path/to/python3.11 names one." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt requirements-embedded.txt | $(BIN)/python
	@echo "Installing the pinned requirements ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements.txt -r requirements-embedded.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing what checks and tests need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
