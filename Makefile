# Two commands matter: `make dev` shows it, `make test` proves it. Both set up what they need, once.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python
EXAMPLE ?= examples/orders

.PHONY: help dev test check format bench drills simulate docs setup setup-test workbench clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

dev: setup ## Set up, then run motia dev on examples/orders (EXAMPLE=folder for another; ARGS='-p 4000')
	@cd $(EXAMPLE) && exec $(CURDIR)/.venv/bin/motia dev $(ARGS)

setup:
	@.ci/setup run

setup-test:
	@.ci/setup test

workbench: ## Build the web app of the workbench anew (motia_core/workbench/ui/README.md)
	@.ci/setup workbench

test: setup-test ## Set up, then run all tests (ARGS='-k queue' for some)
	@REQUIRE_ALL_RUNTIMES=1 $(PY) -m pytest $(if $(ARGS),$(ARGS),--numprocesses $$(($$(nproc) + 1)) --dist loadfile \
		--no-loadscope-reorder)

check: setup-test ## Types, lint, layers, file lengths, documentation drift
	@.ci/check

format: setup-test ## Format the Python code
	@$(PY) -m ruff format motia_core tests benchmarks
	@$(PY) -m ruff check --fix motia_core tests benchmarks

bench: setup-test ## Measure against bare aiohttp, node:http and Express; writes benchmarks/RESULTS.md
	@.ci/setup bench
	@$(PY) benchmarks/run.py $(ARGS)

drills: setup-test ## The drill book, which writes docs/reliability.md, and all tests of misbehaviour (ARGS='kill_core --scale 0.1')
	@$(if $(ARGS),,REQUIRE_ALL_RUNTIMES=1 RELOAD_EDITS=1000 STRICT_TIMES=1 $(PY) -m pytest tests/drills tests/conformance/test_drills.py \
		tests/e2e/test_drain.py tests/e2e/test_two_servers.py tests/e2e/test_full_disk.py tests/e2e/test_reload_load.py \
		tests/workbench/test_size.py tests/workbench/test_logs.py tests/workbench/test_traces.py tests/workbench/test_shell.py \
		--ignore tests/drills/test_book.py)
	@$(PY) -m tests.drills.book $(ARGS)

simulate: setup-test ## Queue, leases, retries and pools under simulated faults (SEEDS=300; SEED=n tells of one)
	@$(PY) -m tests.simulation $(if $(SEED),--seed $(SEED),--seeds $(or $(SEEDS),300)) $(ARGS)

docs: setup-test ## Write the generated parts of the documentation anew
	@$(PY) -m motia_core.protocol.schema
	@$(PY) -m motia_core.config.document
	@$(PY) -m motia_core.cli.migrate.document
	@$(PY) -m motia_core.steps.document
	@$(PY) -m motia_core.triggers.document
	@$(PY) -m tests.seeds.coverage
	@$(PY) -m tests.drills.book --write

clean: ## Remove what was set up and built
	@rm -rf motia_core/workbench/static motia_core/workbench/ui/node_modules
	@rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
