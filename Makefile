# Everything a contributor does. Each target makes its own environment in .venv from the system's Python and pip;
# nothing is installed twice, because each step leaves a stamp that is newer than what it was made from.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet

.DEFAULT_GOAL := help
.PHONY: help run test check bench coverage format migration lock programs clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.demo ## start the demonstration: the provider, two e-démarches, a simulated FranceConnect, a letter box
	@$(BIN)/idp demo

test: $(VENV)/.test programs ## run the whole test suite (arguments: make test ARGS="-k consent")
	@$(BIN)/python -m pytest -n 2 $(ARGS)

check: $(VENV)/.test ## formatting, lint, types, import contracts
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/.test programs ## measure what each request costs, beside the same of npm oidc-provider
	@$(BIN)/python -m tests.benchmarks $(ARGS)

coverage: $(VENV)/.test programs ## run the test suite and report the lines it never reaches
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -n 2 $(ARGS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report --skip-covered --show-missing

format: $(VENV)/.test ## rewrite the sources in the house's format
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix-only

migration: $(VENV)/.test ## draft the next revision of the schema: make migration TITLE="what changes"
	@$(BIN)/python -m migrations "$(TITLE)"

lock: $(VENV)/.test ## resolve the requirements again (newer versions: make lock ARGS=--upgrade)
	@sh requirements/lock.sh $(BIN)/pip-compile $(ARGS)

programs: $(VENV)/.test ## install what the tests need outside Python, where that is possible
	@$(BIN)/python -m tests.support.programs

clean: ## remove the environment and every cache
	rm -rf $(VENV) build *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage* var
	rm -rf tests/peers/node_modules

# The environment -------------------------------------------------------------------------------------------------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or later is needed; '$(PYTHON)' is absent or older. Name another: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "Python's venv module is needed (on Debian: apt-get install python3-venv)." >&2; exit 1; }

$(VENV)/.demo: requirements/demo.txt pyproject.toml | $(BIN)/python
	@echo "Installing the provider and its demonstration (once)…"
	@$(PIP) install --require-hashes -r requirements/demo.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.demo
	@echo "Installing the tools of the tests (once)…"
	@$(PIP) install --require-hashes -r requirements/test.txt
	@touch $@
