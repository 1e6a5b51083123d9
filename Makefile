# Everything runs from .venv, which `make setup` makes from the lock file alone.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

SEEDS ?= 50
START ?= 1
DIR ?= .calor
CLOUD ?=
ADMIN ?=
WORKERS ?= 2
EXAMPLES ?= 10000
HEAT ?=

.PHONY: help setup lock demo serve test check simulate fuzz test-kill test-corpus test-openstack \
  record-heat bench docs
.DEFAULT_GOAL := help

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | awk -F"|" "{printf \"%-24s %s\\n\", \$$1, \$$2}"

setup: $(STAMP) ## make .venv with everything in it

$(STAMP): requirements/calor.lock pyproject.toml
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Calor needs Python 3.11 or newer with venv (on Debian: apt install python3-venv);" \
	       "name another one with: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -x $(BIN)/python || { echo "making .venv from the lock file, once" >&2; $(PYTHON) -m venv .venv; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/calor.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

lock: ## write the lock file anew
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet pip-tools
	.venv-lock/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --all-extras \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header \
	  -o requirements/calor.lock pyproject.toml
	rm -rf .venv-lock

demo: $(STAMP) ## deploy, change and delete examples/three-tier on a sandbox cloud
	@$(BIN)/python examples/demo.py

serve: $(STAMP) ## a sandbox cloud with Calor beside it, state in DIR=.calor
	@$(BIN)/calor serve --sandbox --dir $(DIR)

test: $(STAMP) ## unit, contract, scenario, simulation (50 seeds) and http tests
	@$(BIN)/python -m pytest -n $(WORKERS) tests

check: $(STAMP) ## ruff, mypy --strict, import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

simulate: $(STAMP) ## random stacks, faults and kills: SEEDS=N [START=first]
	@PYTHONPATH=tests $(BIN)/python -m simulation --seeds $(SEEDS) --start $(START)

fuzz: $(STAMP) ## what must hold for any template, on EXAMPLES=10000 random ones a test
	@CALOR_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest -n $(WORKERS) tests/properties

test-kill: $(STAMP) ## kill -9 a real server at 50 random moments
	@PYTHONPATH=tests $(BIN)/python -m kill

test-corpus: $(STAMP) ## real templates, which are downloaded from PyPI first
	@$(BIN)/python tools/corpus.py
	@$(BIN)/python -m pytest -s tests/corpus

test-openstack: $(STAMP) ## contract and scenario tests on a real cloud: CLOUD= ADMIN=
	@CALOR_TEST_CLOUD=$(CLOUD) CALOR_TEST_ADMIN=$(ADMIN) $(BIN)/python -m pytest -p no:warnings \
	  -n $(WORKERS) --dist loadscope --durations 10 -rfEs tests/conformance tests/contract tests/scenarios \
	  --ignore tests/scenarios/cli

record-heat: $(STAMP) ## ask a real Heat what tests/differential compares with: CLOUD= [HEAT=URL]
	@PYTHONPATH=tests $(BIN)/python -m differential --cloud "$(CLOUD)" --heat "$(HEAT)"

bench: $(STAMP) ## measure; prints JSON
	@$(BIN)/python bench/run.py

docs: $(STAMP) ## write docs/reference out of the code
	@$(BIN)/python docs/make_reference.py
