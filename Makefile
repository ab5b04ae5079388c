# Everything that is done with this repository, by name. `make` alone lists it.
# A fresh Debian machine with Python 3.11 needs nothing prepared; the second run is quick.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# Whatever Python is active in the caller's shell, only this repository's own environment is used.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV PIP_USER PIP_TARGET PIP_PREFIX

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet
LOCKED := $(PIP) install --require-hashes -r
UV := $(VENV)/bin/uv
COMPILE := $(UV) pip compile -q --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11

UNITS ?= 2000
SEED ?= 7
PORT ?= 8000
JOBS ?= 2

.PHONY: help demo test coverage lint format sweep bench peers lock messages wheel clean

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS=$$'\t' read -r name does; do \
	  printf '  make %-10s %s\n' "$$name" "$$does"; done

demo: $(VENV)/runtime ## build an invented federation and serve its site (UNITS=2000 SEED=7 PORT=8000)
	@echo "tinkuy: building $(UNITS) bases from seed $(SEED), then serving http://127.0.0.1:$(PORT)/"
	@$(VENV)/bin/tinkuy demo --units $(UNITS) --seed $(SEED) --port $(PORT)

test: lint ## lint, then every test but the long sweeps
	@tools/system chromium
	@tools/system postgres
	@tools/system belenios
	@tools/system node
	@tools/foreign/npm $(VENV)/foreign
	@echo "tinkuy: running the tests on $(JOBS) processes."
	@$(PY) -m pytest -n $(JOBS) --dist loadfile

coverage: $(VENV)/dev ## the tests again, with the lines and branches that they reach
	@$(PY) -m pytest -n $(JOBS) --dist loadfile --cov --cov-report=term:skip-covered

lint: $(VENV)/dev ## style, types, floors
	@echo "tinkuy: checking style, types and floors."
	@$(VENV)/bin/ruff check --quiet
	@$(VENV)/bin/ruff format --check --quiet
	@$(VENV)/bin/mypy --no-error-summary
	@$(VENV)/bin/lint-imports --no-logo >/dev/null || $(VENV)/bin/lint-imports --no-logo

format: $(VENV)/dev ## put the sources in shape
	@$(VENV)/bin/ruff check --quiet --fix-only
	@$(VENV)/bin/ruff format --quiet

sweep: $(VENV)/dev ## the long sweeps, whole
	@$(PY) -m pytest -n $(JOBS) -m sweep --whole

bench: $(VENV)/dev ## measure; results go to docs/benchmarks.md
	@$(PY) -m bench

peers: $(VENV)/dev $(VENV)/peers/installed ## ask other people's counting programs again (900 MB); fails where they answer otherwise
	@$(PY) -m tests.foreign.peers.record $(VENV)/peers/bin/python

messages: $(VENV)/dev ## gather what the floors say, update and compile the catalogues
	@$(PY) tools/messages.py
	@$(PY) -m tests.web.catalogue

wheel: $(VENV)/dev ## the wheel, in dist/
	@rm -rf dist
	@$(PY) -m build --wheel --no-isolation --outdir dist >/dev/null
	@ls dist/*.whl

lock: $(VENV)/base ## resolve the dependencies again and write their hashes to lock/
	@$(LOCKED) lock/uv.txt
	@$(COMPILE) --upgrade --group dev --extra scale pyproject.toml -o lock/dev.txt
	@$(COMPILE) --upgrade -c lock/dev.txt pyproject.toml -o lock/runtime.txt
	@$(COMPILE) --upgrade -c lock/dev.txt --group build -o lock/build.txt

clean: ## take away everything that can be made again
	@rm -rf $(VENV) dist build out demo-data htmlcov .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	  .import_linter_cache
	@find src tests bench tools -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/base: lock/build.txt tools/system
	@python="$$(tools/system python)"; echo "tinkuy: making the environment $(VENV) with $$python."; \
	  "$$python" -m venv --clear $(VENV)
	@$(LOCKED) lock/build.txt
	@touch $@

$(VENV)/runtime: $(VENV)/base lock/runtime.txt pyproject.toml
	@echo "tinkuy: installing what it runs on, by hash, from lock/runtime.txt."
	@$(LOCKED) lock/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(VENV)/dev: $(VENV)/runtime lock/dev.txt
	@echo "tinkuy: installing what it is built and tested with, by hash, from lock/dev.txt."
	@$(LOCKED) lock/dev.txt
	@touch $@

$(VENV)/peers/installed: tests/foreign/peers/requirements.txt
	@echo "tinkuy: installing other people's counting programs, by hash, in $(VENV)/peers."
	@$(PY) -m venv --clear $(VENV)/peers
	@$(VENV)/peers/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --no-deps -r tests/foreign/peers/requirements.txt
	@touch $@
