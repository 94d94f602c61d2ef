# Everything there is to do here. A bare `make` lists it.

.DEFAULT_GOAL := help
.PHONY: help run install check test bench fuzz packages

help: ## List what there is to do
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: packages ## Install what is missing, build, and serve on http://127.0.0.1:8000
	cargo build --release --locked
	./target/release/repartee serve

install: packages ## Put `repartee` on the PATH
	cargo install --path . --locked

check: ## Format, lints, documentation, licences
	@scripts/packages.sh build check
	scripts/check.sh

test: ## Everything that checks the project
	@scripts/packages.sh build check test
	scripts/check.sh
	scripts/test.sh

bench: packages ## Measure what we promise to be fast
	cargo bench --locked --bench audio --bench pipeline

fuzz: ## Throw bytes at what reads strangers' bytes: make fuzz TARGET=sniff SECONDS=600
	@scripts/packages.sh build fuzz
	scripts/fuzz.sh "$(TARGET)" "$(SECONDS)"

packages:
	@scripts/packages.sh build
