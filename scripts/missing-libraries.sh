#!/bin/sh
# Checks that a build without the system libraries says which packages bring them.
set -eu
program=$(mktemp)
trap 'rm -f "$program"' EXIT
rustc --edition 2024 build.rs -o "$program"
if told=$(CARGO_FEATURE_EMBEDDED=1 PKG_CONFIG=false "$program"); then
    echo "build.rs does not miss PocketSphinx" >&2
    exit 1
fi
for package in $(scripts/packages.sh --list build); do
    case "$told" in
    *"$package"*) ;;
    *) echo "build.rs does not name $package" >&2 && exit 1 ;;
    esac
done
