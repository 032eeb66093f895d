# Two commands do all the set-up: `make run` opens the dashboard, `make test` runs every check.

SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV := .venv
PORT ?= 8501
HOST ?= 0.0.0.0
SAMPLE := experiments/sample.toml

PY := $(VENV)/bin/python
PIP_INSTALL := $(PY) -m pip install --disable-pip-version-check --no-input
ARTIFACTS = "$${VITRINE_ARTIFACTS:-artifacts}"
BUILT = $(ARTIFACTS)/sample/.built
# What the sample follows from, beside its pictures: the experiment, and the schema of artifacts.
BUILT_FROM = $(SAMPLE) lib/schema.py

# The first of these that is there and is 3.11 to 3.13, which is what TensorFlow has wheels for.
FIND_PYTHON = for python in $(if $(PYTHON),"$(PYTHON)",python3 python3.13 python3.12 python3.11); do \
    case "$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" in \
        3.11|3.12|3.13) echo "$$python"; break ;; \
    esac; done
FOUND_PYTHON = $(shell $(FIND_PYTHON))

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile
	@echo "  PORT=$(PORT) after run and demo, HOST=$(HOST) after demo, PYTHON=$(or $(PYTHON),python3) after any."

.PHONY: run
run: sample ## Open the dashboard on this machine (PORT=8501), with training allowed
	@echo "The dashboard: http://127.0.0.1:$(PORT) (Ctrl+C stops it)"
	@exec env VITRINE_ALLOW_TRAINING=1 $(PY) -m streamlit run app.py --server.address 127.0.0.1 --server.port $(PORT) \
	    --server.showEmailPrompt false --browser.gatherUsageStats false

.PHONY: demo
demo: sample ## Serve the dashboard read-only, for a stage (HOST=0.0.0.0 PORT=8501)
	@echo "The read-only dashboard: http://$(HOST):$(PORT) (Ctrl+C stops it)"
	@exec env VITRINE_ALLOW_TRAINING=0 $(PY) -m streamlit run app.py --server.address $(HOST) --server.port $(PORT) \
	    --server.headless true --server.fileWatcherType none --client.showErrorDetails none \
	    --client.toolbarMode viewer --browser.gatherUsageStats false

.PHONY: sample
sample: runtime ## Build the made-up sample catalogue where it is absent
	@cat $(BUILT_FROM) | cmp -s - $(BUILT) || { \
	    echo "Building the sample catalogue (once, a few minutes)" && \
	    $(PY) -m lib build $(SAMPLE) && cat $(BUILT_FROM) > $(BUILT); }

.PHONY: clean-sample
clean-sample: ## Delete the sample catalogue and everything made from it
	rm -rf $(ARTIFACTS)/sample

.PHONY: test
test: lint types browser ## Run every check: lint, types, and the tests that need no data set
	$(PY) -m pytest -m "not real" -n logical --maxprocesses 4 --dist loadfile

.PHONY: check
check: test ## The same as make test

.PHONY: lint
lint: development ## Check style and layering, and the formatting
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

.PHONY: types
types: development ## Check the types of lib/
	$(PY) -m mypy

.PHONY: format
format: development ## Format the code and mend what lint can mend
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

.PHONY: test-real
test-real: development ## Run the tests on real data (VITRINE_REAL_DATA=../shared); a test that is skipped fails
	VITRINE_REQUIRE_REAL=1 VITRINE_REAL_DATA="$${VITRINE_REAL_DATA:-../shared}" $(PY) -m pytest -m real

.PHONY: bench
bench: runtime ## Run every benchmark; exit status 1 where one misses its target
	@status=0; for script in benchmarks/*.py; do \
	    echo "== $$script" && $(PY) "$$script" || status=1; \
	done; exit $$status

.PHONY: gpu
gpu: runtime ## Add what TensorFlow needs to use an NVIDIA card (Linux)
	$(PIP_INSTALL) -r requirements-gpu.txt

# A stamp holds the requirements it was installed from, so a second run installs nothing and a changed file does.
.PHONY: runtime
runtime: $(PY)
	@cmp -s requirements.txt $(VENV)/.runtime || { \
	    echo "Installing the requirements into $(VENV) (once, a few minutes)" && \
	    $(PIP_INSTALL) -r requirements.txt && cp requirements.txt $(VENV)/.runtime; }

.PHONY: development
development: $(PY)
	@cat requirements.txt requirements-dev.txt | cmp -s - $(VENV)/.development || { \
	    echo "Installing the requirements for tests into $(VENV) (once, a few minutes)" && \
	    $(PIP_INSTALL) -r requirements-dev.txt && cp requirements.txt $(VENV)/.runtime && \
	    cat requirements.txt requirements-dev.txt > $(VENV)/.development; }

# The virtual environment gets its name last, so that a stopped start leaves none.
$(PY):
	$(if $(FOUND_PYTHON),,$(error Vitrine needs Python 3.11, 3.12 or 3.13, and $(or $(PYTHON),python3) is not one: \
	    install one, or name it with PYTHON=/path/to/python3.12))
	@"$(FOUND_PYTHON)" -m venv --clear $(VENV) && $(PY) -m pip --version > /dev/null || \
	    { rm -rf $(VENV); echo "Python's venv module is incomplete: on Debian, apt install python3-venv." >&2; exit 1; }

.PHONY: browser
browser:
	@for name in "$${CHROMIUM:-chromium}" chromium chromium-browser; do command -v $$name > /dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
	    echo "Installing Debian's chromium for the browser tests"; \
	    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	        chromium; } > /dev/null 2>&1 && exit 0; \
	fi; \
	echo "No Chromium here and none can be installed: the browser tests will be skipped."
