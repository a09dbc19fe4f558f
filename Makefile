PYTHON ?= python3
BIN := .venv/bin
# More than there are processors: much of the suite waits for clocks that nobody can set.
WORKERS ?= 5
# Where Python may not keep what it compiled, each of the many processes of the tests compiles it all.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.PHONY: help setup demo test ahead lint format migration lock sbom

help: ## list what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

setup: .venv/.installed ## create .venv from the locked requirements

.venv/.installed: requirements-dev.txt client/pyproject.toml playground/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Opsbell needs Python 3.11 or newer; set PYTHON=/path/to/it.")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements-dev.txt
	$(BIN)/python -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "opsbell.pth").write_text("".join(f"{pathlib.Path(room).resolve()}\n" for room in ("client", "playground")))'
	@touch $@

demo: setup ## a local workspace in the browser with the bot and a few real tasks
	$(BIN)/python -m bot demo

test: setup ## the whole suite, on SQLite and PostgreSQL
	$(BIN)/python -m pytest --numprocesses $(WORKERS) -o cache_dir=.pytest_cache/test

ahead: setup ## the tests that carry a date, with the clock 400 days ahead (Linux, needs cc)
	$(BIN)/python -m tests.clock_shift 400 $(BIN)/python -m pytest --numprocesses $(WORKERS) -o cache_dir=.pytest_cache/ahead -m "dated and not long and not browser" -k "not postgresql"

# A registry that is away fails nothing, and does not hold this up for long.
lint: setup ## format check, lint, types, import rules, age and advisories of what is locked
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	-@PIP_RETRIES=1 PIP_DEFAULT_TIMEOUT=30 $(MAKE) --no-print-directory .venv-audit/.installed
	$(BIN)/python -m tests.supply_chain

format: setup ## format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

migration: setup ## write the next migration from the models: make migration m="What changes"
	$(BIN)/python -m bot.migrations "$(m)"
	$(BIN)/ruff check --quiet --fix bot/migrations/versions
	$(BIN)/ruff format --quiet bot/migrations/versions

LOCK = $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet

lock: ## renew the locked requirements; the youngest age is in pyproject.toml
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt
	$(LOCK) requirements-audit.in -o requirements-audit.txt

.venv-audit/.installed: requirements-audit.txt
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/pip install --quiet --no-deps --require-hashes -r requirements-audit.txt
	@touch $@

sbom: .venv-audit/.installed ## list the locked packages in sbom.json (CycloneDX)
	.venv-audit/bin/python -W ignore -m cyclonedx_py requirements requirements.txt --pyproject pyproject.toml --of JSON -o sbom.json
	.venv-audit/bin/python -m tests.supply_chain.sbom sbom.json requirements.txt
