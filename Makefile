# Spasm Explorer. Needs Python 3.11 or newer and make; everything else goes into .venv.
PYTHON ?= python3
PORT ?= 8866
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help install app lab test lint types unit notebooks browser bench reference pictures wheel lock clean

help:  ## show these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' Makefile

install: $(VENV)/.installed  ## create .venv with the pinned dependencies

# Voilà's template and plotly.js are copied on installation: a change of them installs anew.
$(VENV)/.installed: requirements.lock pyproject.toml $(wildcard spasmlib/voila/spasm/* spasmlib/widgets/static/*)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Spasm Explorer needs Python 3.11 or newer; $(PYTHON) is older or missing. Try: make install PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

app: install  ## serve the dashboard on http://localhost:8866 (PORT=... for another)
	$(BIN)/spasm app --port $(PORT)

lab: install  ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab notebooks

test: lint types unit notebooks browser  ## run every check and test

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install
	$(BIN)/mypy

unit: install
	$(BIN)/spasm check
	$(BIN)/pytest -m "not browser"

notebooks: install
	$(BIN)/pytest --nbval --nbval-current-env -p no:cacheprovider notebooks

browser: install
	PATH="$(CURDIR)/$(BIN):$$PATH" sh tests/find_chromium.sh
	$(BIN)/pytest -m browser tests

bench: install  ## measure speed, as ratios within one run
	$(BIN)/python benchmarks/assess.py
	$(BIN)/python benchmarks/study.py

reference: install  ## make the results on the reference cases anew (tables of data/)
	$(BIN)/spasm reference tests/cases/cases.jsonl tests/cases/sources.csv

pictures: install  ## take the pictures of the README anew
	PATH="$(CURDIR)/$(BIN):$$PATH" PYTHONPATH=tests $(BIN)/python docs/pictures.py

wheel: install  ## build the wheel, install it in an empty environment and use it
	sh tests/wheel.sh

lock: install  ## renew requirements.lock (needs uv)
	uv pip compile pyproject.toml --extra lab --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --upgrade -o requirements.lock

clean:  ## remove the environment and what tests leave behind
	rm -rf $(VENV) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
