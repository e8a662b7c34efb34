"""Places of terms learned from titles: a title should lie nearer to the rest of its own paper than to any other's.

A topic file is to the papers it means what a title is to its abstract, some words that stand for many, and of those
there is one for every paper, without a label. In batches of papers each title is told which rest is its own by
stochastic gradient descent on the cross-entropy of their cosines, both ways (InfoNCE). The terms of the title are not
in the rest, so that no term learns only to be found again. How long a place is, which is how much its term counts,
moves in larger steps than where it points.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix
from scipy.special import softmax

EPOCHS, BATCH = 3, 512
LENGTH_STEP, PLACE_STEP = 0.01, 0.003
_SHARPNESS = 5.0
"""Cosines times this, through softmax, are how surely a title is taken to a rest."""
_TITLE, _REST = 2, 10
"""A title and a rest with fewer known terms teach nothing."""


class _Steps:
    """How far to go down a slope that is only known roughly: Adam (Kingma and Ba, 2015)."""

    def __init__(self, size: float) -> None:
        self._size, self._count = size, 0
        self._mean, self._square = np.zeros(()), np.zeros(())

    def down(self, slope: np.ndarray) -> np.ndarray:
        self._count += 1
        self._mean = 0.9 * self._mean + 0.1 * slope
        self._square = 0.99 * self._square + 0.01 * slope**2
        mean, square = self._mean / (1 - 0.9**self._count), self._square / (1 - 0.99**self._count)
        return np.asarray(-self._size * mean / (np.sqrt(square) + 1e-8))


def taught_by_titles(places: np.ndarray, titles: csr_matrix, rests: csr_matrix) -> np.ndarray:
    """`places` (a row a term) after learning from `titles` and `rests` (a row a paper, 1 where it has the term).

    The same input gives the same places; their mean length is 1.
    """
    telling = np.flatnonzero((np.diff(titles.indptr) >= _TITLE) & (np.diff(rests.indptr) >= _REST))
    mean = np.linalg.norm(places, axis=1).mean()
    directions, lengths = places / mean, np.zeros((len(places), 1))
    for_directions, for_lengths = _Steps(PLACE_STEP), _Steps(LENGTH_STEP)
    chance = np.random.default_rng(0)
    for _ in range(EPOCHS):
        order = chance.permutation(telling)
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            now = directions * np.exp(lengths)
            slope = _slope(titles[batch], rests[batch], now)
            lengths = lengths + for_lengths.down((slope * now).sum(axis=1, keepdims=True))
            directions = directions + for_directions.down(slope * np.exp(lengths))
    return np.asarray(directions * np.exp(lengths))


def _slope(titles: csr_matrix, rests: csr_matrix, places: np.ndarray) -> np.ndarray:
    """How the mean cross-entropy of a batch changes with the places."""
    (title, title_length), (rest, rest_length) = _sides(titles @ places), _sides(rests @ places)
    cosines = _SHARPNESS * title @ rest.T
    wrong = (softmax(cosines, axis=0) + softmax(cosines, axis=1)) / 2 - np.eye(len(cosines))
    wrong *= _SHARPNESS / len(wrong)
    of_titles, of_rests = wrong @ rest, wrong.T @ title
    return np.asarray(
        titles.T @ (_across(of_titles, title) / title_length) + rests.T @ (_across(of_rests, rest) / rest_length)
    )


def _sides(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    lengths = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), np.finfo(float).tiny)
    return sums / lengths, lengths


def _across(slope: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """The part of a slope that turns; along a direction of length 1 nothing changes."""
    return np.asarray(slope - (slope * direction).sum(axis=1, keepdims=True) * direction)
