#!/bin/sh
# Serves with a provider that is played: OpenAI's API on this computer, with its delays, and the
# server in front of it. What is said and answered is always the same; see repartee-provider --help:
#   scripts/demo-provider.sh [PROVIDER-OPTION...]
set -eu
cd "$(dirname "$0")/.."
target=$(cargo metadata --locked --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
cargo build --locked --release -p repartee -p repartee-provider
"$target/release/repartee-provider" "$@" &
provider=$!
trap 'kill "$provider" 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM HUP
export OPENAI_BASE_URL=http://127.0.0.1:8089/v1 OPENAI_API_KEY=any DATA_DIR="$target/demo"
export TURNS_PER_MINUTE=unlimited DAILY_BUDGET_USD=unlimited OWNER_BUDGET_USD=unlimited
"$target/release/repartee" serve
