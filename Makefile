# `make lab` opens the course, `make test` proves it. All targets set up what they need, once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH := .venv-bench
SITE := .venv-site
LITE := .venv-lite
SET_UP := @$(PYTHON) tools/set_up.py
# In a container one is often root, which Jupyter must be told.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

# Small matrices gain nothing from a second thread, and lose much on a busy machine.
export OPENBLAS_NUM_THREADS ?= 1

# Where pyenv keeps other versions of Python, if it is there.
space := $() $()
PYENV := $(subst $(space),:,$(wildcard $(shell pyenv root 2> /dev/null)/versions/3.1[1-9]*/bin))

.PHONY: help lab lab-zh test nbval test-zh test-browser test-grading fuzz odd wrong elsewhere again vary matrix steady mutants grade lint notebooks exercises zh bench site epub pdf test-site lite test-lite clean

help:
	@echo "make lab      open the course in JupyterLab; make lab-zh: in Chinese"
	@echo "make test     run all tests: code, notebooks, style"
	@echo "make grade SUBMISSIONS=folder OUT=folder    grade a class (docs/teaching.md)"
	@echo "More checks (README.md): nbval test-zh test-browser test-grading fuzz odd wrong elsewhere matrix again vary steady mutants bench"
	@echo "make site     the course as pages for a browser, in .site/html; make test-site checks them"
	@echo "make epub     the course as a book, in .site/book; make pdf: each chapter and the whole on paper"
	@echo "make lite     the course running in a browser, in .lite/html; make test-lite checks it"
	@echo "For authors (docs/CONTRIBUTING.md): notebooks exercises zh lint clean"

lab:
	$(SET_UP) learner
	$(BIN)/python -m jupyterlab $(AS_ROOT) notebooks/00_start_here.ipynb

# The Chinese edition, in a JupyterLab that speaks Chinese.
lab-zh:
	$(SET_UP) learner
	@$(BIN)/python -m pip install --quiet --requirement helpers/locale/zh/requirements.txt
	$(BIN)/python -m jupyterlab $(AS_ROOT) --LabApp.app_settings_dir=helpers/locale/zh/jupyterlab \
		notebooks/zh/00_start_here.ipynb

test: lint
	$(BIN)/python -m pytest

# Exercises that are solved here are nobody's progress, nor seen by those that are not yet solved. Lax compares less than
# strict: one chapter shows that it runs.
nbval:
	$(SET_UP) tester
	@for how in "--nbval notebooks --ignore=notebooks/solutions" "--nbval notebooks/solutions" "--nbval-lax notebooks/02_learning_rate.ipynb"; do \
		COURSE_PROGRESS=$$(mktemp -d)/progress.json \
			$(BIN)/python -m pytest --override-ini=addopts= --override-ini=nbgate=false --quiet --numprocesses=2 --dist=loadfile --ignore=notebooks/zh $$how || exit; \
	done

# The Chinese edition through the gate. Its catalogues, and that it is generated from them, are part of `make test`.
test-zh:
	$(SET_UP) tester
	$(BIN)/python -m pytest --override-ini=addopts= --numprocesses=2 --dist=loadfile notebooks/zh

test-browser:
	$(SET_UP) tester
	$(BIN)/python -m pytest --override-ini=addopts= --numprocesses=2 $(AGAIN) tests/browser

test-grading:
	$(SET_UP) tester
	$(BIN)/python -m pytest --override-ini=addopts= --numprocesses=2 --dist=loadfile tests/test_grading*.py

# Thousands of broken files and replies; odd notebooks at home and in the grader; wrong functions and their luck.
fuzz:
	$(SET_UP) tester
	FUZZ=$(or $(EXAMPLES),5000) $(BIN)/python -m pytest --override-ini=addopts= -q tests/test_grading_harm.py -k any_

odd:
	$(SET_UP) tester
	$(BIN)/python -m tests.submissions.home $(ODD)

wrong:
	$(SET_UP) tester
	$(BIN)/python -m tools.wrong_answers $(EXERCISES)

elsewhere:
	$(SET_UP) tester
	$(BIN)/python -m tools.other_surroundings

again:
	$(SET_UP) tester
	$(BIN)/python -m tools.rerun_cells $(CHAPTERS)

vary:
	$(SET_UP) tester
	$(BIN)/python -m tools.vary $(if $(SAMPLE),--sample) $(if $(DIGITS),--digits) $(NOTEBOOKS)

matrix:
	$(SET_UP) tester
	PATH="$(PYENV):$$PATH" $(BIN)/python -m tox run

RUNS ?= 20
steady:
	$(SET_UP) tester
	@red=0; for run in $$(seq $(RUNS)); do \
		$(BIN)/python -m pytest --quiet || red=$$((red + 1)); echo "run $$run of $(RUNS), $$red red"; \
	done; test $$red = 0

mutants:
	$(SET_UP) tester
	$(BIN)/python -m tools.mutants $(FILES)

grade:
	$(SET_UP) teacher
	$(BIN)/python -m helpers.grading "$(SUBMISSIONS)" "$(OUT)"

lint:
	$(SET_UP) tester
	$(BIN)/python -m ruff check --quiet .
	$(BIN)/python -m ruff format --check --quiet .
	$(BIN)/python -m tools.docstrings
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.citation-file-format CITATION.cff

notebooks:
	$(SET_UP) tester
	$(BIN)/python -m tools.store_notebooks
	@$(BIN)/python -m tox run --quiet -e diff

# The Chinese edition: catalogues brought up to date and checked, notebooks and pages generated, run and stored.
zh:
	$(SET_UP) tester
	$(BIN)/python -m tools.translate zh

exercises:
	$(SET_UP) tester
	$(BIN)/python -m tools.make_exercises

# A tool that does not install here keeps no other from being measured: the table says that it is missing.
bench:
	$(SET_UP) tester --folder $(BENCH)
	@for tool in $$(grep == tools/benchmarks/requirements.txt); do \
		$(BENCH)/bin/python -m pip install --quiet $$tool || echo "$$tool was not installed"; \
	done
	$(BENCH)/bin/python -m tools.benchmarks $(ONLY)

# Live figures are recorded once: what has not changed is kept in .site/recordings.
SET_UP_SITE = @$(PYTHON) tools/set_up.py learner --folder $(SITE) \
	&& $(SITE)/bin/python -m pip install --quiet --requirement tools/site/requirements.txt
# English comes first: other languages stand below it.
IN_EACH_LANGUAGE = @for language in en zh; do COURSE_LANGUAGE=$$language
OR_STOP = || exit; done
site:
	$(SET_UP_SITE)
	$(IN_EACH_LANGUAGE) $(SITE)/bin/python -m tools.site $(OR_STOP)

epub:
	$(SET_UP_SITE)
	$(IN_EACH_LANGUAGE) $(SITE)/bin/python -m tools.site.book epub $(OR_STOP)

# Chromium prints it.
pdf:
	$(SET_UP_SITE)
	$(IN_EACH_LANGUAGE) $(SITE)/bin/python -m tools.site.book pdf $(OR_STOP)

test-site: site epub pdf
	$(SET_UP) tester
	$(BIN)/python -m pytest --override-ini=addopts= --numprocesses=2 --dist=loadfile tests/site

# The course running in a browser, by JupyterLite. npm must be there: it has Pyodide's lock file.
SET_UP_LITE = @$(PYTHON) tools/set_up.py learner --folder $(LITE) \
	&& $(LITE)/bin/python -m pip install --quiet --requirement tools/lite/requirements.txt
lite:
	$(SET_UP_LITE)
	$(LITE)/bin/python -m tools.lite

# With an older Pyodide, all of which can be had from PyPI and npm; where it can't, that is said, and nothing is tested.
test-lite:
	$(SET_UP) tester
	$(SET_UP_LITE)
	@$(LITE)/bin/python -m tools.lite.local; case $$? in \
		0) $(BIN)/python -m pytest --override-ini=addopts= tests/lite;; \
		77) ;; \
		*) exit 1;; \
	esac

clean:
	rm -rf $(VENV) $(BENCH) $(SITE) $(LITE) .site .lite
