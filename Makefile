# Glassmaster's own commands. `make demo` and `make test` set up all they need.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: demo test check lint bench docs clean

# Sets up, then composes and builds the demo album.
demo: $(READY)
	$(BIN)/glassmaster demo demo

# Sets up, then passes the tests.
test: $(READY)
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -n auto --dist loadgroup

# What has to hold before a commit: format, lint, types, import contracts, tests.
check: lint test

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m docs.generate --check

# Prints speed as ratios against the peers, on this machine.
bench: $(READY)
	$(BIN)/python -m benchmarks

# Writes the reference pages and draws their pictures anew, from the code.
docs: $(READY)
	$(BIN)/python -m docs.generate
	$(BIN)/python -m docs.curves

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --group dev --editable .
	touch $@

clean:
	rm -rf $(VENV) demo
