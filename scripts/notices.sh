#!/bin/sh
# Prints THIRD_PARTY_NOTICES.md: what is linked into the program, and under which terms.
set -eu
tree=$(cargo tree --locked --edges normal --target all --prefix none --format '{p}|{l}|{r}')
cat <<'HEAD'
# Third-party notices

Repartee stands on the work of others. This is what is linked into the program, and under which terms. Written by `make notices`.

## Libraries of the system

Debian packages, linked at run time; their full texts are installed with them, as `/usr/share/doc/PACKAGE/copyright`.

- **PocketSphinx and SphinxBase** (`libpocketsphinx3`, `libsphinxbase3`): copyright Carnegie Mellon University and Alpha Cephei Inc.; BSD-2-Clause.
- **The US English model and its pronunciation dictionary** (`pocketsphinx-en-us`), read at run time: copyright Carnegie Mellon University and Alpha Cephei Inc.; BSD-2-Clause.
- **flite** and its voices slt, rms, awb and kal16 (`libflite1`): copyright Carnegie Mellon University and others; a licence like BSD: use, change and distribution are free as long as the copyright notices and the disclaimer stay and nobody's name is used to endorse what is derived.

## Rust crates

From crates.io, linked into the program; each carries the full text of its licence in its source. Crates under MPL-2.0 are used unchanged, and their source is at the address given.

| crate | version | licence | source |
|---|---|---|---|
HEAD
printf '%s\n' "$tree" |
    sed -E 's/ \((proc-macro|\*)\)//g' | grep -v '^repartee ' | LC_ALL=C sort -u |
    sed -E 's/^([^ |]+) v([^|]+)\|([^|]*)\|(.*)$/| \1 | \2 | \3 | \4 |/'
