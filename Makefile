# Every target installs what it needs: Rust, a C compiler and Python with venv are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
# The extension and the Rust tests share one set of compiled dependencies.
CARGO := cargo
export CARGO_TERM_COLOR ?= auto

# Tests that look at each function, not at many values of each.
FAST := $(wildcard tests/python/test_lazy_*.py) \
  $(addprefix tests/python/test_,arguments.py docs.py exceptions.py overlap.py print.py sums.py)

.PHONY: help run test build check rust-test python-test lint format bench golden generate doc clean

help: ## What there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

$(STAMP): pyproject.toml
	@echo "== making $(VENV) and installing what builds, tests and the demonstration need"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check "maturin>=1.9,<2" \
	  "numpy>=2.4,<2.5" "pytest>=9" "mypy>=2" "ruff>=0.17" "gmpy2>=2.2" "PyWavelets>=1.9" "matplotlib>=3.10"
	@touch $@

build: $(STAMP) ## Build the extension in release mode into .venv
	@echo "== building the extension (release); the first build compiles the code generator too: some minutes"
	VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/maturin develop --release

run: build ## The demonstration on real input and the fusion benchmark against NumPy
	@echo "== the demonstration: four jobs on real input"
	$(BIN)/python examples/demo.py
	@echo "== the fusion benchmark against NumPy"
	$(BIN)/python benches/fusion.py --quick --picture out/fusion.png

test: lint rust-test python-test ## Formatting, lints, Rust tests, Python tests
	@echo "== all tests passed"

rust-test:
	@echo "== Rust tests"
	$(CARGO) test --quiet

python-test: build
	@echo "== Python tests"
	$(BIN)/python -m pytest

lint: $(STAMP) ## rustfmt, clippy, ruff, mypy; warnings are errors
	@echo "== formatting and lints"
	$(CARGO) fmt --check
	$(CARGO) clippy --quiet --all-targets --features python -- -D warnings
	$(BIN)/ruff check python tests benches examples
	$(BIN)/mypy python/numpy_rs

check: build ## After each change: build, lint Python, the fast tests (half a minute)
	$(BIN)/ruff check --quiet python tests benches examples
	$(BIN)/mypy python/numpy_rs
	$(BIN)/python -m pytest $(FAST)

format: $(STAMP) ## Format all sources
	$(CARGO) fmt
	$(BIN)/ruff check --fix python tests benches examples

bench: build ## The full fusion benchmark against NumPy
	$(BIN)/python benches/fusion.py --json out/fusion.json --report out/fusion.md

golden: ## Renew inline snapshots (then read the difference)
	INSTA_UPDATE=always $(CARGO) test --test golden

generate: build ## Renew generated files
	$(BIN)/python tests/generate_stubs.py

doc: ## The Rust documentation
	$(CARGO) doc --no-deps --document-private-items

clean: ## Remove what was built
	rm -rf target $(VENV) out python/numpy_rs/*.so
