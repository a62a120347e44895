# One command for each thing one does here. `make` alone lists them.
PORT ?= 8000
DATA_DIR ?= .data
PYTHON ?= python3
VENV := .venv/bin
WORKERS ?= 2
# Files in their order: the browser's long ones begin, and no worker is left alone with one at the end.
SHARED := -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations 15
export PYTHONDONTWRITEBYTECODE := 1

.DEFAULT_GOAL := help
.PHONY: help run test check bench sweep package deploy setup-run setup-test setup-sweep setup-bench

help:  ## what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup-run:
	@$(PYTHON) infra/bootstrap.py run

setup-test:
	@$(PYTHON) infra/bootstrap.py test

run: setup-run  ## the whole system on this machine (PORT=8000 DATA_DIR=.data); Ctrl-C stops it
	@exec $(VENV)/python -m infra.local.run --port $(PORT) --data $(DATA_DIR)

check: setup-test  ## format, lint, types, import contracts, house rules: under a minute
	@$(VENV)/ruff format --check . && $(VENV)/ruff check . && $(VENV)/mypy && $(VENV)/lint-imports && \
	  $(VENV)/python -m pytest tests/house -m "not sweep"

# A server stands in UTC; a moment that hangs on the machine shows where the machine stands elsewhere (F48).
test: export TZ = America/Los_Angeles
sweep: export TZ = Asia/Ho_Chi_Minh

test: check  ## every test but the long versions
	@$(VENV)/python -m pytest tests -m "not sweep" --ignore tests/house $(SHARED)

setup-sweep:
	@$(PYTHON) infra/bootstrap.py sweep

sweep: setup-sweep  ## the long versions: crash-points over whole imports, full-year checks
	@$(VENV)/python -m pytest tests -m sweep $(SHARED)

setup-bench:
	@$(PYTHON) infra/bootstrap.py bench

bench: $(if $(filter scores.% search,$(NAME)),setup-test,setup-bench)  ## every benchmark, peers in the same run (NAME=… for one); bench/results.json
	@$(VENV)/python -m tests.load.bench $(if $(NAME),--name $(NAME))

package: setup-test  ## the Lambda zip as it would be deployed
	@$(VENV)/python -m infra.package

deploy: setup-test  ## a stage into the account: plan, a typed yes, smoke, back when it fails (STAGE=staging)
	@$(VENV)/python -m infra.deploy up --stage $(or $(STAGE),staging)
