# `make run` and `make test` do all their own set-up; python3, python3-venv and make are enough to start from.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
INSTALL := $(PIP) install --root-user-action=ignore -c constraints.txt

# One thread for every numerical library: more only make them wait for each other beside a window.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
# Else each of the many processes that the tests start would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

# Programs that the tests start, each with the Debian package that holds it.
TEST_PROGRAMS := Xvfb=xvfb xdotool=xdotool openbox=openbox

# In halves that follow each other, and then what the other has not come to: files share windows, which are made once.
SUITE := -n 2 --dist worksteal -m "not slow"

.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: gallery-pictures help run install install-dev install-locked test test-engines test-slow test-minima audit lint lock bench \
  gpu bench-floors performance golden compare-speed check-gallery fidelity numbers learner-table defence-table flagship-spread torture fuzz roundtrips wheel clean system system-test

help: ## list what there is to make
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name words; do \
	  printf '  make %-15s %s\n' "$$name" "$$words"; done

run: install ## open the window; without a screen, run the flagship into out/
	@scripts/run.sh $(FILE)

install: $(VENV)/.installed ## set up what running needs, in .venv

install-dev: system-test $(VENV)/.installed-dev ## set up what the tests need as well

install-locked: system-test $(VENV)/.created ## set up the same from lock.txt, every file checked against its hash
	$(PIP) install --root-user-action=ignore --require-hashes --no-deps -r lock.txt
	$(INSTALL) $$(grep '^torch==' constraints.txt)
	$(INSTALL) --no-build-isolation --no-deps -e .
	@touch $(VENV)/.installed $(VENV)/.installed-dev

test: install-dev lint ## check style, types and layers, then run the tests on two cores
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest $(SUITE) --durations=10

test-slow: install-dev ## run the tests that `make test` leaves out, and every property on more examples
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -m "slow and not audit"
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -m "hypothesis and not audit" --hypothesis-profile=thorough

test-engines: install-dev ## run the tests with the compiled program switched off, and then without numba; PARTS=FOLDERS for some
	QT_QPA_PLATFORM=offscreen BOUNDARYVIZ_COMPILED=off $(BIN)/python -m pytest $(SUITE) $(PARTS)
	QT_QPA_PLATFORM=offscreen PYTHONPATH=tests/without_numba $(BIN)/python -m pytest $(SUITE) $(PARTS)

audit: install-dev ## go through every learner with every attack on drawn scenes: whatever differs, the poison has to have done
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n 2 -m audit tests/audit

test-minima: install-dev ## run the tests on the lowest versions that pyproject.toml promises, in build/minima
	@PYTHON=$(PYTHON) scripts/test-minima.sh

lint: install-dev ## check style, types and layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

gallery-pictures: install-dev ## draw what the cards of the gallery show, after a change of its scenarios
	$(BIN)/python -m tools.gallery_pictures

lock: install-dev ## write lock.txt anew, after a change of constraints.txt
	$(BIN)/python tools/lock.py

bench: install-dev ## measure against plain torch, scikit-learn, numpy and what one would notice; fails where a bound is missed
	$(BIN)/python -m benchmarks

bench-floors: install-dev ## measure the same, and raise each floor to 90 % of what is reached; keep the machine quiet
	$(BIN)/python -m benchmarks --raise

performance: install-dev ## measure what docs/performance.md tells, in ten minutes at most, and write its tables
	$(BIN)/python -m tools.performance

gpu: install-dev ## measure a GPU beside the processor, in four minutes at most; without one, see that it runs
	$(BIN)/python -m benchmarks.gpu

golden: install-dev ## compare with BASE=COMMIT: every number and figure has to be the same; ONLY=WORDS for some
	$(BIN)/python -m tools.golden "$(BASE)" --only "$(ONLY)"

fidelity: install-dev ## compare with independent references and write docs/fidelity.md; fails where a bound is missed
	$(BIN)/python -m tools.fidelity

numbers: install-dev ## measure the numbers in README, guide and gallery, and write them; CHECK=--check only compares
	$(BIN)/python -m tools.measured $(CHECK)

compare-speed: install-dev ## compare with BASE=COMMIT: training, frames, drag and start, in ten pairs, or PAIRS=NUMBER
	$(BIN)/python -m benchmarks.before_after "$(BASE)" --pairs $(or $(PAIRS),10)

check-gallery: install ## hold every gallery scenario to its word on data seeds 0 to 19, on WORKERS=NUMBER processes, default all cores
	@mkdir -p build
	$(BIN)/python -m boundaryviz check --all --data-seeds 0-19 --workers $(or $(WORKERS),$$(nproc)) --json $(or $(JSON),build/check-gallery.json)

flagship-spread: install-dev ## measure the flagship over data seeds, and write its figure and table into the guide
	$(BIN)/python -m tools.flagship_spread

torture: install-dev ## kill the program 200 times while it edits and saves, and stop, kill and garble its trainer 200 times
	$(BIN)/python -m benchmarks.torture
	$(BIN)/python -m benchmarks.torture_trainer

fuzz: install-dev ## open 10,000 nearly right files: each must be opened, or refused in words
	$(BIN)/python -m benchmarks.fuzz

roundtrips: install-dev ## save and open 2,000 states that the window can reach: each must come back the same
	$(BIN)/python -m benchmarks.roundtrips

learner-table: install-dev ## measure every learner that uses unlabelled points, and write the table of docs/learners.md; WORKERS=NUMBER
	$(BIN)/python -m tools.learner_table --workers $(or $(WORKERS),2)

defence-table: install-dev ## measure every filter against attackers that know it and others, and write docs/defences.md
	$(BIN)/python -m tools.defence_table

wheel: install-dev ## build the wheel into dist/
	$(PIP) wheel --no-deps --no-build-isolation -w dist .

clean: ## remove what was installed, built or written
	rm -rf $(VENV) build dist out .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

system:
	@PYTHON=$(PYTHON) scripts/system-packages.sh

system-test:
	@PYTHON=$(PYTHON) scripts/system-packages.sh $(TEST_PROGRAMS)

$(VENV)/.created: | system
	$(PYTHON) -m venv $(VENV)
	@touch $@

# torch first and alone, at the pin: resolved together with the rest, some machines fetch gigabytes of other builds.
$(VENV)/.installed: $(VENV)/.created constraints.txt pyproject.toml | system
	$(INSTALL) $$(grep '^torch==' constraints.txt)
	$(INSTALL) hatchling
	$(INSTALL) --no-build-isolation -e '.[compiled]' || $(INSTALL) --no-build-isolation -e . # there is no numba for some machines
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(INSTALL) --no-build-isolation -e '.[dev]'
	@touch $@
