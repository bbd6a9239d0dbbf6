"""Benchmarks: each measures figures beside peers in one run and writes results/*.json."""
