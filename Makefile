# Two commands matter: `make up` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := 0.13.9
DISTRIBUTIONS := libs/kernel libs/api libs/kit stack $(wildcard services/*) operator
SOURCES := $(foreach d,$(DISTRIBUTIONS),$(d)/src)

.PHONY: up down status logs demo reset env prepare test lint types contracts unit e2e bench test-platform test-node images images-pins engine lock api docs schema new-service release

up down status demo reset: $(VENV)/ready
	@$(BIN)/python -m koprogo.stack $@

logs env: $(VENV)/ready
	@$(BIN)/python -m koprogo.stack $@ $(NAME)

# Installed from the lock, with hashes; anew only when the lock has changed.
$(VENV)/ready: requirements.lock $(addsuffix /pyproject.toml,$(DISTRIBUTIONS))
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV)
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements.lock
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation $(addprefix -e ,$(DISTRIBUTIONS))
	@touch $@

test: lint types contracts unit e2e test-platform

lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	cd proto && ../$(BIN)/buf lint
	$(BIN)/python released/promises.py check

types: $(VENV)/ready
	$(BIN)/mypy $(filter-out libs/api/src,$(SOURCES)) bench images docs/write.py scaffold/new_service.py released/promises.py

contracts: $(VENV)/ready
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest tests/architecture

# System packages, Kafka and Keycloak, where they are missing.
prepare: $(VENV)/ready
	@$(BIN)/python -m koprogo.stack prepare

unit: prepare
	$(BIN)/pytest libs stack services operator

e2e: prepare
	$(BIN)/pytest tests/e2e

# A real Kubernetes and a real Argo CD, built from source into the cache the first time: minutes, then seconds. In two
# groups, which conftest.py tells apart.
test-platform: prepare
	$(BIN)/pytest -n 2 tests/platform

# A real node with the platform's own images on it. Root only: it changes settings of the machine and restores them.
test-node: prepare engine
	$(BIN)/pytest tests/node

# The image of every service, or NAMES of some.
images: $(VENV)/ready engine
	@$(BIN)/python -m images.build $(NAMES)

# The versions of Debian's packages as they are today.
images-pins: $(VENV)/ready
	@$(BIN)/python -m images.build pins

engine:
	@command -v podman >/dev/null || { apt-get -qq update && apt-get -qq install -y podman; } || \
	 { echo "Install podman, with which images are built: apt install podman" >&2; exit 1; }

bench: prepare
	$(BIN)/python -m bench.run

# Versions and hashes, not addresses.
lock:
	uv lock --quiet
	uv export --quiet --all-packages --no-emit-workspace --group dev --no-header -o requirements.lock

api: $(VENV)/ready
	PYTHON=$(BIN)/python bash proto/generate.sh

docs: $(VENV)/ready
	$(BIN)/python docs/write.py

schema: $(VENV)/ready
	$(BIN)/python -m koprogo.stack.schema

# A service that runs, with chart, environments, topic and test: make new-service NAME=works
new-service: $(VENV)/ready
	@$(BIN)/python scaffold/new_service.py $(NAME)

# What the next versions have to live beside, in a commit of its own: make release VERSION=0.2.0
release: $(VENV)/ready
	$(BIN)/python released/promises.py write $(VERSION)
