# make demo and make test set up everything that they need, on a fresh machine, in either order; nets (torch) only tests.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test test-slow check lint bench clean

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

.venv/complete: .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,hf,learn,cluster,match]'
	touch $@

demo: .venv/ready
	$(BIN)/codelength demo

test: .venv/complete
	$(BIN)/python -m pytest -n 2 -q

test-slow: .venv/complete
	$(BIN)/python -m pytest -q -m slow

lint: .venv/complete
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: lint test

bench: .venv/complete
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv demo-output build dist src/*.egg-info
