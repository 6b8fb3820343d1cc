# What there is to do here. `make run` needs Go alone; the tests install what they lack (as root on
# Debian) or say what is missing.
.DEFAULT_GOAL := help

GO := go
TOOL := $(GO) tool -modfile=tools/go.mod
AXE := $(CURDIR)/.cache/axe/node_modules/axe-core/axe.min.js
SOURCES = $(shell git ls-files --cached --others --exclude-standard '*.go' | grep -v '_templ\.go$$')

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

.PHONY: build
build: ## the program, as bin/roster
	CGO_ENABLED=0 $(GO) build -ldflags "-s -w" -o bin/roster ./cmd/roster

.PHONY: run
run: build ## the demo: an organisation to play with, gone when it stops
	./bin/roster demo

.PHONY: check
check: ## the quick part: format, vet, staticcheck, unit tests on SQLite
	@ill=$$($(TOOL) gofumpt -l $(SOURCES)); [ -z "$$ill" ] || { echo "not formatted (make fmt): $$ill"; exit 1; }
	$(GO) vet ./...
	$(TOOL) staticcheck ./...
	ROSTER_TEST_POSTGRES=none $(GO) test -timeout 100s $$($(GO) list ./internal/... ./cmd/... ./client/... | grep -v /rostertest/browser$$)

.PHONY: test
test: ## everything, on both databases and in the browser; CONTRIBUTING.md says how long it takes
	scripts/test

.PHONY: proof
proof: ## the same tests at their full counts; CONTRIBUTING.md says how long it takes
	ROSTER_PROOF=1 scripts/test

.PHONY: bench
bench: ## measures, each beside its limit in the same run
	scripts/install-test-parts
	scripts/with-postgres --durable scripts/bench

.PHONY: screenshot
screenshot: ## makes the README's pictures anew
	scripts/install-test-parts
	ROSTER_TEST_POSTGRES=none ROSTER_AXE=$(AXE) ROSTER_PICTURES=$(CURDIR)/docs/pictures $(GO) test -count=1 -run Picture ./test/browser

.PHONY: generate
generate: ## Go from the .templ files
	$(TOOL) templ generate -path internal/server/web

.PHONY: contract
contract: ## what the API's document has from the code and from a true house: codes and examples
	ROSTER_TEST_POSTGRES=none ROSTER_WRITE=codes $(GO) test -count=1 -run Refusal ./internal/arch
	ROSTER_TEST_POSTGRES=none ROSTER_WRITE=examples $(GO) test -count=1 -run Examples ./test/contract

.PHONY: fmt
fmt: ## formats Go and .templ files
	$(TOOL) gofumpt -w $(SOURCES)
	$(TOOL) templ fmt internal/server/web
