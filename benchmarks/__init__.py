"""Benchmarks: each prints its measurements beside a reference taken in the same run."""
