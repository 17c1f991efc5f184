# What each target does: `make`. Needs Python 3.11 or newer with venv; the rest is installed into .venv/.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve build test lint test-datasette-1 check record bench fuzz attack speed bench-site bench-cache lock licences audit clean

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8001
SEEDS ?= seeds
METADATA ?= $(if $(filter seeds,$(SEEDS)),metadata.yml)
WITH_METADATA = $(if $(METADATA),--metadata "$(METADATA)")
MINUTES ?= 10
EXAMPLES ?= 100
BEFORE ?= 3311e7c
ARTICLES ?= 100000
LARGE := build/large$(if $(filter-out 100000,$(ARTICLES)),-$(ARTICLES)).db
VENV ?= .venv
COOLING ?= 7 days
RUN := $(VENV)/bin/python
# Tests of the site, which must hold under Datasette 1.0 as they do under 0.65.
SITE_TESTS := $(wildcard tests/test_site.py tests/test_reading_room.py tests/test_queries.py tests/test_rights.py \
	tests/test_metadata.py tests/test_large_tables.py tests/test_chronology.py tests/test_plugin.py \
	tests/test_metadata_faults.py tests/test_base_path.py tests/test_page_cache.py tests/test_search_snippet.py \
	tests/test_site_overhead.py) tests/attacks
# Nothing but what a lock file names, with the bytes it names, and nothing that runs code to be built.
INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:
INSTALL_SELF := -m pip install -qqq --no-index --no-deps --no-build-isolation -e .


help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: archive.db ## build what changed and serve the site [PORT=8001] [HOST=127.0.0.1] [SEEDS=seeds] [METADATA=metadata.yml]
	@exec $(RUN) -m loader serve "$(SEEDS)" $(WITH_METADATA) -o archive.db --host "$(HOST)" --port "$(PORT)"

build: archive.db ## turn SEEDS into archive.db, when they, METADATA or loader/ changed [SEEDS=seeds]

test: $(VENV)/.dev ## run the tests
	@$(RUN) -m pytest

lint: $(VENV)/.dev ## check lint, formatting and types
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy

test-datasette-1: $(VENV)/.datasette-1.0 ## run the tests of the site under Datasette 1.0
	@$(VENV)/datasette-1.0/bin/python -m pytest $(SITE_TESTS)

check: lint test test-datasette-1 ## lint, formatting, types and tests, those of the site also under Datasette 1.0

record: $(VENV)/.serve ## record the hashes of the published data set, after a change that is meant
	@$(RUN) -m scripts.record

bench: $(VENV)/.dev ## measure accuracy and speed
	@$(RUN) -m benchmarks

fuzz: $(VENV)/.dev ## look for inputs that break the loader, ten minutes long [MINUTES=10]
	@$(RUN) -m fuzz --seconds $$(($(MINUTES) * 60))

attack: $(VENV)/.dev ## ask every JSON endpoint for what breaks it, some minutes long [EXAMPLES=100]
	@ATTACK_EXAMPLES="$(EXAMPLES)" $(RUN) -m pytest tests/attacks/test_endpoints.py

speed: $(LARGE) $(VENV)/.serve ## time every page and question over made-up articles [ARTICLES=100000]
	@$(RUN) -m benchmarks.site $<

bench-site: $(LARGE) $(VENV)/.serve ## the site under load, over made-up articles [MINUTES=10] [ARTICLES=100000]
	@$(RUN) -m benchmarks.load $< --minutes $(MINUTES)

bench-cache: $(LARGE) $(VENV)/.serve ## pages seen before, first views and row pages, beside bare Datasette and a commit [BEFORE=3311e7c] [BEFORE_DATABASE=]
	@$(RUN) -m benchmarks.page_cache $< --before $(BEFORE) $(if $(BEFORE_DATABASE),--before-database "$(BEFORE_DATABASE)")

# 100,000 articles take some minutes and 2 GB, a million ten times as much.
$(LARGE): benchmarks/site/making.py benchmarks/site/naming.py loader/dataset/schema.py loader/dataset/summaries.py | $(VENV)/.serve
	@mkdir -p build
	@$(RUN) -m benchmarks.site.making $@ --articles $(ARTICLES)

lock: $(VENV)/.serve $(VENV)/.tools ## update the lock files and print what changed [COOLING="7 days"] [KEEP=1]
	@$(RUN) -m scripts.lock --uv $(VENV)/tools/bin/uv --cooling "$(COOLING)" $(if $(KEEP),--keep)

licences: $(VENV)/.dev $(VENV)/.tools $(VENV)/.datasette-1.0 ## list the licence of every dependency
	@$(RUN) -m scripts.licences $(VENV)/tools $(VENV)/datasette-1.0

audit: $(VENV)/.serve $(VENV)/.tools ## look for known vulnerabilities of what is locked
	@$(RUN) -m scripts.audit $(VENV)/tools/bin/pip-audit

clean: ## remove what was built, .venv included
	rm -rf build dist *.egg-info .venv archive.db archive.db-journal .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp stands for "what is locked is installed". The project itself is built by the locked setuptools.
$(VENV)/.serve: requirements/serve.txt pyproject.toml
	@test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	$(RUN) $(INSTALL) -r requirements/serve.txt
	$(RUN) $(INSTALL_SELF)
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.serve
	$(RUN) $(INSTALL) -r requirements/dev.txt
	@touch $@

# Apart from the rest: what writes and audits the lock must not decide which versions are in it.
$(VENV)/.tools: requirements/tools.txt | $(VENV)/.serve
	$(PYTHON) -m venv $(VENV)/tools
	$(VENV)/tools/bin/python $(INSTALL) -r requirements/tools.txt
	@touch $@

# What must be there for the site's tests to run under the other Datasette.
$(VENV)/.datasette-1.0: requirements/datasette-1.0.txt pyproject.toml | $(VENV)/.serve
	$(PYTHON) -m venv $(VENV)/datasette-1.0
	$(VENV)/datasette-1.0/bin/python $(INSTALL) -r requirements/datasette-1.0.txt
	$(VENV)/datasette-1.0/bin/python $(INSTALL_SELF)
	@touch $@

# A list of inputs with their checksums, rewritten only when one changed, came or went: dates of files
# would miss a file that went, and see a change in a fresh checkout.
build/%.inputs: FORCE
	@mkdir -p build
	@find $(INPUTS) -type f ! -name '*.pyc' ! -name '*.md' -exec cksum {} + | LC_ALL=C sort > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
FORCE:
build/archive.inputs: INPUTS = "$(SEEDS)" loader $(METADATA)

# touch: the loader may leave a file alone whose content would be the same.
archive.db: build/archive.inputs | $(VENV)/.serve
	@$(RUN) -m loader build "$(SEEDS)" $(WITH_METADATA) -o $@
	@touch $@
