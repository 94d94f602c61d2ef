#!/bin/sh
# Installs what is missing for each purpose named: build, check, test, schema, bench, fuzz.
# With --list, only names the packages of one purpose.
# Says what it will install; does nothing when everything is there.
set -eu

need_package() {
    # Elsewhere, the build itself says what it misses.
    command -v dpkg-query >/dev/null || return 0
    # Some builds of Node bring npm with them.
    [ "$1" != npm ] || ! command -v npm >/dev/null || return 0
    dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed' || missing="$missing $1"
}

for_purpose() {
    case "$1" in
    build) echo gcc libc6-dev pkg-config libpocketsphinx-dev pocketsphinx-en-us flite1-dev ;;
    test) echo curl postgresql ffmpeg procps strace python3-venv nodejs npm chromium ;;
    schema) echo python3-venv ;;
    bench) echo ffmpeg ;;
    fuzz) echo g++ ;;
    check) echo nodejs npm ;;
    *) echo "packages.sh: no purpose is called $1" >&2 && exit 2 ;;
    esac
}

install_packages() {
    [ -n "$missing" ] || return 0
    if ! command -v apt-get >/dev/null; then
        echo "This system has no apt-get. Install what corresponds to:$missing" >&2
        exit 1
    fi
    as_root=""
    [ "$(id -u)" = 0 ] || as_root=sudo
    echo "Installing system packages:$missing"
    $as_root apt-get update -qq
    # shellcheck disable=SC2086 # each word is a package
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
}

need_cargo() {
    command -v cargo >/dev/null && return 0
    echo "A Rust toolchain is needed: https://rustup.rs, or your distribution's rustup package." >&2
    exit 1
}

need_tool() {
    command -v "$1" >/dev/null && return 0
    echo "Installing $1 $2 from crates.io"
    cargo install "$1" --version "$2" --locked --quiet
}

if [ "${1:-}" = --list ]; then
    for_purpose "$2"
    exit
fi

missing=""
for purpose in "$@"; do
    packages=$(for_purpose "$purpose") || exit 2
    for package in $packages; do
        need_package "$package"
    done
done
install_packages
need_cargo
for purpose in "$@"; do
    case "$purpose" in
    check) need_tool cargo-deny 0.20.2 ;;
    fuzz) need_tool cargo-fuzz 0.13.2 ;;
    esac
done
