# Everything from a bare machine: Python 3 (any, with pip) and make. `make` alone lists the targets.
UV := .tools/bin/uv
SYNCED := .venv/.synced
ASSETS := console/web/node_modules/.package-lock.json
WEIJING := .venv/bin/python -m weijing

export RASA_TELEMETRY_ENABLED := false
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1

.DEFAULT_GOAL := help
.PHONY: help run test lint types validate train evaluate bench bench-edge bench-turns bench-desk bench-nlu

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 18

run: $(SYNCED) $(ASSETS) ## start everything and print the addresses; Ctrl-C stops it
	@$(WEIJING) run

test: lint types $(ASSETS) ## lint, types, a model if needed, every test
	@sh scripts/get_chromium
	@echo "… model (trained only if something changed)"
	@$(WEIJING) train --if-needed
	@echo "… tests (minutes; real Redis, PostgreSQL, processes and browser)"
	@.venv/bin/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not alone"
	@echo "… the storms, one after the other: they load the whole machine"
	@.venv/bin/pytest -m alone

lint: $(SYNCED) ## ruff, and which room may import which
	@.venv/bin/ruff check .
	@.venv/bin/lint-imports

types: $(SYNCED) ## mypy, strict
	@.venv/bin/mypy

validate: $(SYNCED) ## check domain, training data, service items, their page and the menu
	@$(WEIJING) validate
	@$(WEIJING) catalogue --check
	@$(WEIJING) menu check

train: $(SYNCED) ## train a model into models/
	@$(WEIJING) train

evaluate: $(SYNCED) ## how well the bot understands held-out messages; a page in results/
	@$(WEIJING) train --if-needed
	@$(WEIJING) evaluate

bench: $(SYNCED) ## measure against stock Rasa, side by side
	@.venv/bin/python -m bench.run

bench-edge: $(SYNCED) ## measure the WeChat edge against WeRoBot and wechatpy, and at twice saturation
	@.venv/bin/python -m bench.edge

bench-turns: $(SYNCED) ## how many messages a user needs to bring a matter to its end, by topic
	@$(WEIJING) train --if-needed
	@.venv/bin/python -m bench.turns

bench-desk: $(SYNCED) $(ASSETS) ## measure the desk's lists with 10,000 conversations and 200,000 messages
	@.venv/bin/python -m bench.desk

bench-nlu: $(SYNCED) ## measure intents against stock Rasa's DIET (the first time hours: DIET trains on five sets)
	@.venv/bin/python -m bench.nlu

$(UV):
	@sh scripts/get_uv

$(SYNCED): $(UV) uv.lock pyproject.toml .python-version
	@echo "… packages (the first time about 2 GB and some minutes; uv brings Python 3.10 if it is missing)"
	@$(UV) sync --frozen --compile-bytecode
	@touch $@

$(ASSETS): $(UV) console/web/package.json console/web/package-lock.json
	@sh scripts/get_console_assets
	@touch $@
