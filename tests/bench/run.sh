#!/bin/sh
# make bench: measures the build in $1 (such as build/opt) against the budgets of the design.
set -eu
cd "$(dirname "$0")/../.."
E2E_BUILD=${1:-build/opt} exec /usr/bin/python3 tests/bench/bench.py
