# `make lab` opens the course, `make test` proves it. Both set up all that they need, once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH := .venv-bench
INSTALL := -m pip install --quiet --disable-pip-version-check
# In a container one is often root, which Jupyter must be told.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

# Where pyenv keeps other versions of Python, if it is there.
space := $() $()
PYENV := $(subst $(space),:,$(wildcard $(shell pyenv root 2> /dev/null)/versions/3.1[1-9]*/bin))

.PHONY: help lab test test-browser test-grading elsewhere again matrix steady mutants grade lint notebooks exercises bench clean

help:
	@echo "make lab           set up, then open the course in JupyterLab"
	@echo "make test          set up, then run all tests: code, notebooks, style"
	@echo "make test-browser  the same course in a real browser (needs Chromium)"
	@echo "make test-grading  hostile submissions against the grader (needs bubblewrap)"
	@echo "make elsewhere     the notebooks on another processor, with other settings, without network (needs bubblewrap)"
	@echo "make matrix        the lowest and the highest versions that the course supports"
	@echo "make again         each cell twice, each section by itself: the same outputs?"
	@echo "make steady        all tests again and again (RUNS=20): is one red by chance?"
	@echo "make mutants       small mistakes put in on purpose: do the tests notice? (hours; SAMPLE=10 for some)"
	@echo "make grade SUBMISSIONS=folder OUT=folder    grade a class (see docs/teaching.md)"
	@echo "make notebooks     execute all notebooks, store their outputs, show what changed"
	@echo "make exercises     make the student versions of the exercises from their solutions"
	@echo "make bench         timings against other tools, as ratios (sets up an environment of several GB)"
	@echo "make lint          check code style and formatting"
	@echo "make clean         remove the environment"

lab: $(VENV)/learner.stamp
	$(BIN)/python -m jupyter lab $(AS_ROOT) notebooks/00_start_here.ipynb

test: lint
	$(BIN)/python -m pytest

test-browser: $(VENV)/tester.stamp
	$(BIN)/python -m pytest --override-ini=addopts= --numprocesses=2 $(AGAIN) tests/browser

test-grading: $(VENV)/tester.stamp
	$(BIN)/python -m pytest --override-ini=addopts= tests/test_grading.py

elsewhere: $(VENV)/tester.stamp
	$(BIN)/python -m tools.other_surroundings

again: $(VENV)/tester.stamp
	$(BIN)/python -m tools.rerun_cells $(CHAPTERS)

matrix: $(VENV)/tester.stamp
	PATH="$(PYENV):$$PATH" $(BIN)/python -m tox run

RUNS ?= 20
steady: $(VENV)/tester.stamp
	@red=0; for run in $$(seq $(RUNS)); do \
		$(BIN)/python -m pytest --quiet || red=$$((red + 1)); echo "run $$run of $(RUNS), $$red red"; \
	done; test $$red = 0

mutants: $(VENV)/tester.stamp
	$(BIN)/python -m tools.mutants functions $(if $(SAMPLE),--sample $(SAMPLE))
	$(BIN)/python -m tools.mutants definitions $(if $(SAMPLE),--sample $(SAMPLE))
	$(BIN)/python -m tools.mutants notebooks $(if $(SAMPLE),--sample $(SAMPLE))

grade: $(VENV)/teacher.stamp
	$(BIN)/python -m helpers.grading "$(SUBMISSIONS)" "$(OUT)"

lint: $(VENV)/tester.stamp
	$(BIN)/python -m ruff check --quiet .
	$(BIN)/python -m ruff format --check --quiet .

notebooks: $(VENV)/tester.stamp
	$(BIN)/python -m tools.store_notebooks
	@$(BIN)/python -m tox run --quiet -e diff

exercises: $(VENV)/tester.stamp
	$(BIN)/python -m tools.make_exercises

bench: $(BENCH)/stamp
	$(BENCH)/bin/python -m tools.benchmarks $(ONLY)

clean:
	rm -rf $(VENV) $(BENCH)

$(VENV)/learner.stamp: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, $(PYTHON) is %d.%d; try: make PYTHON=python3.12 ..." % sys.version_info[:2])'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv is missing; on Debian or Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Setting up (once; a few minutes) ..."
	@$(BIN)/python $(INSTALL) --requirement requirements.txt
	@# Otherwise matplotlib looks through the fonts in a notebook, and may say so there.
	@$(BIN)/python -c "import matplotlib.font_manager"
	@touch $@

$(VENV)/teacher.stamp: $(VENV)/learner.stamp helpers/grading/requirements.txt
	@echo "Setting up the grader (once) ..."
	@$(BIN)/python $(INSTALL) --requirement helpers/grading/requirements.txt
	@touch $@

$(VENV)/tester.stamp: $(VENV)/teacher.stamp tests/requirements.txt
	@echo "Setting up the tests (once; a few minutes) ..."
	@$(BIN)/python $(INSTALL) --requirement tests/requirements.txt
	@touch $@

# A tool that does not install here keeps no other from being measured: the table says that it is missing.
$(BENCH)/stamp: requirements.txt tools/benchmarks/requirements.txt
	@test -x $(BENCH)/bin/python || $(PYTHON) -m venv $(BENCH)
	@echo "Setting up the tools to compare with (once; several minutes) ..."
	@$(BENCH)/bin/python $(INSTALL) --requirement requirements.txt
	@for tool in $$(grep == tools/benchmarks/requirements.txt); do \
		$(BENCH)/bin/python $(INSTALL) $$tool || echo "$$tool was not installed"; \
	done
	@touch $@
