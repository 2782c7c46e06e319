#!/bin/sh
# Resolves the requirement files, with hashes and without any index address, so that they install the same anywhere.
# Usage: requirements/lock.sh PIP_COMPILE [OPTIONS], from the root of the repository.
set -eu
compile=$1
shift

# The machine's own pip settings must not leak into files that are meant for every machine.
export PIP_CONFIG_FILE=/dev/null
unset PIP_FIND_LINKS PIP_EXTRA_INDEX_URL PIP_CONSTRAINT

lock() {
    "$compile" --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header \
        --strip-extras --allow-unsafe "$@"
}

# Each file holds the one before, so that the tests run what production runs. The build's own needs are there too: the
# project is installed without reaching an index.
lock "$@" --output-file requirements/run.txt --build-deps-for editable pyproject.toml
lock "$@" --output-file requirements/demo.txt --build-deps-for editable --constraint requirements/run.txt \
    --extra demo pyproject.toml
lock "$@" --output-file requirements/test.txt requirements/test.in
