"""Decide: which papers, in which topic, in which order, in which edition.

Pure: no clock, network, database or randomness; `now` is an argument. What to do with a decision is a verb's business.
"""
