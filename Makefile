# One virtual environment serves every target. `make chain` works from nothing but Python 3.11 and git.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TOOLS := $(VENV)/.ready-tools
FROM ?=
TO ?= model_state_leaves

.PHONY: help chain examples test lint check docs clean \
  bench bench-conformance bench-evidence bench-growth bench-peers bench-recall bench-robustness
.DEFAULT_GOAL := help

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile

# A stamp is newer than pyproject.toml exactly when the environment has what pyproject.toml asks for.
$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(TOOLS): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

chain: $(READY)  ## print the built-in profile's chain; leave chain.dot and chain.svg
	$(BIN)/chaintrace graph $(addprefix --from ,$(FROM)) --to $(TO) -o chain.dot -o chain.svg

test: $(TOOLS)  ## run the tests
	$(BIN)/python -m pytest

lint: $(TOOLS)  ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test  ## everything a change must pass

bench: $(READY)  ## time a question by stage: from nothing, again, after an edit; SOURCES="dir dir", FROM, TO, or the pair's
	$(BIN)/python benchmarks/stages.py $(SOURCES) $(addprefix --from ,$(FROM)) $(if $(SOURCES),--to $(TO))

bench-growth: $(READY)  ## 25k to 1M lines, with the exponents: PACKAGES="dir dir", or the installed ones
	$(BIN)/python benchmarks/growth.py $(PACKAGES) --plot benchmarks/growth.svg

bench-peers: $(READY)  ## one chain beside other tools: PACKAGES="dir dir", FROM, TO
	benchmarks/peers/install.sh .peers
	$(BIN)/python benchmarks/peers/run.py $(PACKAGES) --from $(FROM) --to $(TO)

bench-conformance: $(READY)  ## score the micro-benchmarks checked out at PYCG and SWARM with SCORER
	@: $(or $(PYCG)$(SWARM),$(error give PYCG=DIRECTORY and SWARM=DIRECTORY, or one of them))
	$(foreach suite,$(PYCG) $(SWARM),$(BIN)/python benchmarks/conformance/run.py $(suite) \
	  $(if $(SCORER),--scorer $(SCORER) --scope both --list) &&) true

bench-recall: $(READY)  ## score the graph against real runs: TRUTH, SCORERS, and HEADS="SOURCE SOURCE" for the head run
	$(BIN)/python benchmarks/recall.py $(if $(TRUTH),--truth $(TRUTH)) $(if $(SCORERS),--scorers $(SCORERS)) \
	  $(addprefix --head ,$(HEADS))

bench-evidence: $(READY)  ## measure how much of the evidence in the file TRUTH `why` shows on SOURCES="dir dir"
	$(BIN)/python benchmarks/evidence.py $(TRUTH) $(SOURCES)

bench-robustness: $(READY)  ## read the standard library, or the largest packages in PACKAGES=DIRECTORY, as data
	$(BIN)/python benchmarks/robustness.py $(PACKAGES)

docs: $(TOOLS)  ## write docs/limits.md from the fixtures' `missing` and `spurious` notes
	$(BIN)/python -m chaintrace.testing.limits tests/fixtures > docs/limits.md

examples: $(READY)  ## write the reports in examples/ again; the second one fetches two small releases
	$(BIN)/chaintrace report --demo -o examples/pair.md
	$(BIN)/chaintrace report --profile flask-werkzeug -o examples/flask-werkzeug.md

clean:  ## remove what the targets made, but no clone in workdir/
	rm -rf $(VENV) build dist chain.dot chain.svg .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find src tests examples -name __pycache__ -prune -exec rm -rf {} +
