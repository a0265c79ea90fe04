# Each target does all its own set-up; Python 3.12+ is all it needs. What each does: CONTRIBUTING.md.
.PHONY: help demo test check bench lock format clean
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
CATALOGUES := $(wildcard nextroute/locale/*/LC_MESSAGES/django.po)

help:
	@echo "make demo   two businesses with customers to sign in as, on http://127.0.0.1:8000 (PORT=…)"
	@echo "make test   every test, against a real PostgreSQL and a real browser"
	@echo "make check  formatting, lint, types, imports, translations, migrations"
	@echo "make bench  measure (SIZE=…); see bench/README.md"

demo: $(VENV)/app.ready $(CATALOGUES:.po=.mo)
	@$(BIN)/nextroute demo $(if $(PORT),--port $(PORT))

test: $(VENV)/dev.ready $(CATALOGUES:.po=.mo)
	@$(BIN)/python -m tests.halves $(ARGS)

check: $(VENV)/dev.ready $(CATALOGUES:.po=.mo)
	@bin/check

bench: $(VENV)/dev.ready $(CATALOGUES:.po=.mo)
	@$(BIN)/python -m bench $(ARGS)

format: $(VENV)/dev.ready
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

# The app's packages are a part of the developer's: whichever is asked for last holds.
$(VENV)/app.ready: requirements/app.txt pyproject.toml bin/set-up
	@bin/set-up $(VENV) requirements/app.txt
	@touch $@

$(VENV)/dev.ready: requirements/dev.txt pyproject.toml bin/set-up
	@bin/set-up $(VENV) requirements/dev.txt
	@touch $@ $(VENV)/app.ready

%.mo: %.po $(VENV)/app.ready
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

# Needs uv; writes versions and hashes, never an address.
lock:
	for set in app dev; do \
	  uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-annotate --upgrade \
	    --custom-compile-command "make lock" requirements/$$set.in --output-file requirements/$$set.txt; \
	done

clean:
	rm -rf $(VENV) var
