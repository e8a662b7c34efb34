"""Offline: learn the topic model from labelled papers, judge it, write it down.

The only room that needs the `train` extra (scikit-learn); nothing at run time imports it.
"""
