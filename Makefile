# make demo: the whole main job on a sample case. make test, make lint: the project's own proof.
# make campaign: the same under faults and load, at length; it takes long, and some of it needs root.
# make fuzz: every reader under a fuzzer that is led by coverage, for FUZZ_SECONDS.
# make mutants: which changes of the core and the vault no test notices; tests/mutants.md explains those left.
# make bench: how fast it is beside its peers; BENCH_DIR is a folder on the disk to time.
PYTHON ?= python3
BENCH_DIR ?= .bench
FUZZ_SECONDS ?= 600
VENV := .venv
RUN := $(VENV)/bin
LONG := tests/campaign tests/vault tests/canary/test_canaries.py tests/checker/test_agrees.py \
	tests/cli/test_total.py tests/index/test_killed.py tests/records/test_grammar.py \
	tests/records/test_readable.py tests/services/test_keys.py

.PHONY: demo test campaign bench fuzz mutants lint clean

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(RUN)/python -m pip install --quiet --editable ".[outlook,dkim,lookup,heif]" --group dev
	touch $@

$(VENV)/.demo-ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install --quiet --editable .
	touch $@

demo: $(VENV)/.demo-ready
	$(RUN)/python demo/run.py

test: $(VENV)/.ready
	$(RUN)/python -m pytest -n 2 --dist worksteal -q

campaign: $(VENV)/.ready
	STALKLOG_CAMPAIGN=1 $(RUN)/python -m pytest -n 2 --dist worksteal -q $(LONG)

lint: $(VENV)/.ready
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports

bench: $(VENV)/.ready
	$(RUN)/python -m pip install --quiet --group bench
	$(RUN)/python -m bench --folder "$(BENCH_DIR)"
	$(RUN)/python -m bench.entries --folder "$(BENCH_DIR)"

fuzz: $(VENV)/.ready
	$(RUN)/python -m pip install --quiet --group fuzz
	$(RUN)/python -m tests.campaign.fuzz_readers --out .fuzzed --seconds $(FUZZ_SECONDS)
	$(RUN)/python -m tests.campaign.fuzz_readers --out .fuzzed --judge

mutants: $(VENV)/.ready
	$(RUN)/python -m pip install --quiet --group mutation
	$(RUN)/python -m tests.campaign.mutants

clean:
	rm -rf $(VENV) .demo .bench .fuzzed
