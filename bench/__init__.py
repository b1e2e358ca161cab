"""Benchmarks of the house against stock Rasa on the same project; `make bench` runs `bench/run.py`. No room imports it."""
