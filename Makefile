# Every habit has a name: `make help`. Needs Python 3.11 or newer and the package index, nothing else.
PYTHON ?= python3
WORKERS ?= 2
ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv
# uv is quick, but reads its own configuration only; where just pip knows the way to the index, pip does the work.
INSTALL = $(UV) pip install --quiet --python $(PY) -r $(1) || $(PY) -m pip install --quiet -r $(1)

.DEFAULT_GOAL := help
.PHONY: help run dev test check bench

help: ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1|/' | column -t -s '|' 2>/dev/null \
		|| grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST)

run: $(VENV)/.installed ## try the program with invented people at http://localhost:8000 (PORT, HOST, DATABASE_URL)
	@exec $(PY) wsgi.py

dev: $(VENV)/.installed-dev ## everything a developer needs in .venv; runs nothing

test: dev ## all tests: ARGS="-k name", ARGS="-m long", NO_BROWSER=1
	@$(PY) -m tests.browser.chromium
	@$(PY) -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

check: dev ## style, types, import contract, migrations against tables, templates
	@$(PY) -m ruff check --output-format concise .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy advice wsgi.py tests
	@$(VENV)/bin/lint-imports --no-logo
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && export DATABASE_URL="sqlite:///$$folder/check.db" \
		&& $(VENV)/bin/flask --app wsgi db upgrade && $(VENV)/bin/flask --app wsgi db check
	@$(VENV)/bin/djlint templates --lint --quiet

bench: dev ## each figure as a ratio to its limit, measured in the same run
	@$(PY) -m tests.bench.run $(ARGS)

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) cannot make a virtual environment;" \
		"on Debian: apt-get install python3-venv" >&2; exit 1; }

$(UV): | $(PY)
	@$(PY) -m pip install --quiet --disable-pip-version-check uv

# The stamps make a second run quick, and let it do without a network.
$(VENV)/.installed: requirements.txt | $(UV)
	@$(call INSTALL,requirements.txt)
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt | $(UV)
	@$(call INSTALL,requirements-dev.txt)
	@touch $@ $(VENV)/.installed
