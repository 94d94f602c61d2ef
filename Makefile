# Everything there is to do here. A bare `make` lists it.

# Where rustup puts cargo, for shells that were open before it came.
export PATH := $(HOME)/.cargo/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help run install check test schema bench fuzz notices packages demo-provider

help: ## List what there is to do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: packages ## Install what is missing, build, and serve on http://127.0.0.1:8000
	cargo run --release --locked -- serve

install: packages ## Put `repartee` on the PATH
	cargo install --path . --locked

demo-provider: packages ## Serve on http://127.0.0.1:8000 with a provider that is played, and its delays
	scripts/demo-provider.sh

check: ## Format, lints, documentation, licences
	@scripts/packages.sh build check
	scripts/check.sh

test: ## Everything that checks the project
	@scripts/packages.sh build check test schema
	scripts/check.sh
	scripts/test.sh

schema: ## Ask every route what its document says, and what it says may not be asked
	@scripts/packages.sh build schema
	scripts/schemathesis.sh

bench: ## Measure what we promise to be fast
	@scripts/packages.sh build bench
	cargo bench --locked --bench audio --bench pipeline --bench turn

fuzz: ## Throw bytes at what reads strangers' bytes: make fuzz TARGET=sniff SECONDS=600
	@scripts/packages.sh build fuzz
	scripts/fuzz.sh "$(TARGET)" "$(SECONDS)"

notices: ## Write down what is linked, and under which licences
	scripts/notices.sh > THIRD_PARTY_NOTICES.md.new
	mv THIRD_PARTY_NOTICES.md.new THIRD_PARTY_NOTICES.md

packages:
	@scripts/packages.sh build
