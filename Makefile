# Palanta's everyday commands. `make` alone lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Each file of tests on one of two processes; `.venv/bin/pytest` alone runs all in one.
PARALLEL := --numprocesses 2 --dist loadfile

.PHONY: help setup run test test-postgresql check audit format bench lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: $(READY) ## make .venv with the palanta command in it

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Palanta needs Python 3.11 or newer; set PYTHON=/path/to/python3.11") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

run: setup ## simulator, bot and chat page, with a sample afternoon played in
	$(BIN)/palanta demo

test: setup ## the whole test suite
	$(BIN)/pytest $(PARALLEL)

test-postgresql: setup ## the tests that talk to a running bot once more, on PostgreSQL
	$(BIN)/pytest $(PARALLEL) --engine postgresql tests/bot tests/security

check: setup ## format, lint, types, import contracts, tests, docs and known holes
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest $(PARALLEL) --cov --cov-report=term:skip-covered
	@$(BIN)/python -m tests.security.audit

audit: setup ## ask a public list about known holes in what we depend on
	@$(BIN)/python -m tests.security.audit

format: setup ## let ruff rewrite the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup ## measure speed beside peers and write docs/performance.md (a quarter of an hour)
	$(BIN)/python -m bench

lock: setup ## renew requirements.lock from pyproject.toml
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --group dev pyproject.toml --output-file requirements.lock

clean: ## remove what setup and runs made
	rm -rf $(VENV) .palanta build *.egg-info
