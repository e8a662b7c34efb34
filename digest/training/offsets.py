"""How much each topic's margin is raised or lowered, so that a topic is given as often as judged papers are of it.

The machines weigh all topics alike, and most of what they learn from is not of the daily list: left alone they give
some topics too often and others too seldom. The offsets are those that make the judged labels likeliest, by margins of
models that have not seen them, with a penalty on their squares; they become part of the model's bias.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from digest.curation.topics import RULE_WEIGHT, SHARPNESS

_PENALTY = 5.0
"""So that a topic of few papers stays near where it was; accuracy is the same from 1 to 10 but for the third digit."""
_LEAST_MARGIN = -10.0
"""In place of the margin of a topic that a model does not know."""


def fit_offsets(margins: np.ndarray, strengths: np.ndarray, right: np.ndarray) -> np.ndarray:
    """An offset a topic, to be added to its margins.

    `margins` and `strengths` (of the rules) have a row a paper and a column a topic; `right` has each paper's column.
    """
    count, topics = margins.shape
    raised = SHARPNESS * (np.maximum(margins, _LEAST_MARGIN) + RULE_WEIGHT * strengths)
    wanted = np.eye(topics)[right]

    def loss(offsets: np.ndarray) -> tuple[float, np.ndarray]:
        logits = raised + offsets
        logits -= logits.max(axis=1, keepdims=True)
        sure = np.exp(logits)
        total = sure.sum(axis=1, keepdims=True)
        unlikely = (np.log(total[:, 0]) - logits[np.arange(count), right]).sum()
        slope = (sure / total - wanted).sum(axis=0) + 2 * _PENALTY * offsets
        return float(unlikely + _PENALTY * offsets @ offsets), slope

    return np.asarray(minimize(loss, np.zeros(topics), jac=True, method="L-BFGS-B").x / SHARPNESS)
