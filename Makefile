# Everything a person types. Needs make and Python 3.11 or newer; the rest is put into .venv.

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
ARGS ?=
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help up test check bench faults screenshots lock
.DELETE_ON_ERROR:

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: .venv/.base ## Install, migrate and run everything until Ctrl-C (HOST, PORT, ARGS=--no-example)
	@exec $(BIN)/python manage.py up --stop-with-parent $(ARGS)

test: .venv/.dev ## Run every test that can run here, on each database (ARGS=tests/apiclient picks some)
	@$(BIN)/python tests/run.py $(ARGS)

check: .venv/.dev ## Lint, format, types, directions of imports, migrations, requirements
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check
	$(BIN)/python -m pytest tests/test_requirements.py

bench: .venv/.base ## Measure stored outcomes per second beside the bare libcurl loop (ARGS=--help)
	@$(BIN)/python manage.py bench $(ARGS)

faults: .venv/.dev ## Kill, cut and fill everything at random moments and count every slot (ARGS=--help)
	@$(BIN)/python -m tests.faults.run $(ARGS)

screenshots: .venv/.dev ## Take README's pictures again, of the example in a browser (two minutes)
	@$(BIN)/python -m tests.browser.screenshots $(ARGS)

lock: .venv/.dev ## Compile requirements/*.txt from pyproject.toml
	$(COMPILE) --output-file requirements/base.txt
	$(COMPILE) --extra dev --constraint requirements/base.txt --output-file requirements/dev.txt

.venv/bin/python:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed: install it, or name it with PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is $$($(PYTHON) --version 2>&1): Python 3.11 or newer is needed. Name one with PYTHON=..."; exit 1; }
	@echo "Making a virtual environment in .venv ..."
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo "$(PYTHON) cannot make a virtual environment: install its venv module (Debian: apt install python3-venv)"; exit 1; }

.venv/.base: requirements/base.txt | .venv/bin/python
	@echo "Installing requirements/base.txt (a minute the first time) ..."
	@$(INSTALL) requirements/base.txt
	@touch $@

.venv/.dev: requirements/dev.txt | .venv/bin/python
	@echo "Installing requirements/dev.txt (some minutes the first time) ..."
	@$(INSTALL) requirements/dev.txt
	@touch $@
