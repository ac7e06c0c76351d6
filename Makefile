# Everything is installed into .venv of this checkout; what was downloaded stays in uv's own cache (~/.cache/uv).

PYTHON ?= python3
BIN := .venv/bin
LOCKS := installers/locks
SOURCES := $(shell find workstation resources -type f -not -name '*.pyc' 2>/dev/null) pyproject.toml README.md LICENSE

.PHONY: run test unit lint bench soak shots lock clean help

help: ## say what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 10

run: .venv/installed ## open the window with a night of invented studies
	$(BIN)/workstation demo

test: .venv/develop .venv/installed lint ## everything that has to hold before a change lands
	sh installers/linux/system-packages test
	env -u PYTHONPATH $(BIN)/pytest

unit: .venv/develop ## the quick tests, on the sources as they are
	PYTHONPATH=. $(BIN)/pytest -q tests/unit

lint: .venv/develop ## style, types, and the walls between the packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy workstation tests
	$(BIN)/lint-imports

bench: .venv/develop .venv/installed ## the budgets, each beside its peer, in one run
	env -u PYTHONPATH $(BIN)/python tests/bench

soak: .venv/develop .venv/installed ## power cuts, kills, full disks, flipped bits, mutations; resumable
	env -u PYTHONPATH $(BIN)/python tests/soak

shots: .venv/develop .venv/installed ## the README's pictures, from the real window
	sh installers/linux/system-packages test
	env -u PYTHONPATH $(BIN)/python tests/shots

lock: .venv/uv ## choose the newest versions that fit, and write down their hashes
	$(BIN)/uv pip compile -q --upgrade pyproject.toml $(COMPILE) -o $(LOCKS)/runtime.txt
	$(BIN)/uv pip compile -q pyproject.toml -c $(LOCKS)/runtime.txt --group test --group bench $(COMPILE) -o $(LOCKS)/develop.txt
	printf 'uv\nhatchling\n' | $(BIN)/uv pip compile -q - $(COMPILE) -o $(LOCKS)/bootstrap.txt

COMPILE := --universal --generate-hashes --python-version 3.11 --no-emit-index-url --custom-compile-command "make lock"

clean: ## remove what was made here
	rm -rf .venv dist build shots .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/uv: $(LOCKS)/bootstrap.txt
	sh installers/linux/system-packages run
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --no-cache-dir --require-hashes -r $<
	touch $@

.venv/runtime: .venv/uv $(LOCKS)/runtime.txt
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r $(LOCKS)/runtime.txt
	touch $@

.venv/develop: .venv/uv $(LOCKS)/develop.txt
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r $(LOCKS)/develop.txt
	touch $@ .venv/runtime

# Run and tests alike use the wheel as a hospital would get it: a forgotten resource shows here.
# The rendering kernels are compiled now, so that the first picture need not wait for it.
.venv/installed: .venv/runtime $(SOURCES)
	rm -rf dist
	$(BIN)/uv build -q --wheel --no-build-isolation --python $(BIN)/python -o dist
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --reinstall-package lumen-workstation dist/*.whl
	env -u PYTHONPATH $(BIN)/python -c "from workstation import rendering; rendering.warm_up()"
	touch $@
