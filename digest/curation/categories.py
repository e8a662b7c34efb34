"""Which topics count as right for a paper of an arXiv category.

A category says less than a topic: most of what cs.CV holds is perception, vision-language, images, video or 3D. So a
category stands for a set of topics, and a paper is rightly placed when its primary topic is in the set of its primary
category. Used to judge the classifier on papers that have categories but no labels, and to keep papers out of
absurd topics while it learns from them; never to assign a topic.
"""

from __future__ import annotations

_TOPICS = {
    "cs.AR": "efficiency code",
    "cs.CC": "machine-learning reasoning",
    "cs.CE": "science society machine-learning",
    "cs.CG": "3d",
    "cs.CL": "language-models reasoning agents alignment-and-safety retrieval efficiency code vision-language audio "
    "science society",
    "cs.CR": "alignment-and-safety",
    "cs.CV": "perception vision-language image-generation video 3d robotics efficiency science",
    "cs.CY": "society alignment-and-safety",
    "cs.DB": "retrieval code efficiency machine-learning",
    "cs.DC": "efficiency",
    "cs.DL": "society science retrieval",
    "cs.DM": "machine-learning",
    "cs.DS": "machine-learning",
    "cs.ET": "efficiency science",
    "cs.GR": "3d video image-generation",
    "cs.GT": "reinforcement-learning society agents machine-learning",
    "cs.HC": "society agents",
    "cs.IR": "retrieval",
    "cs.IT": "machine-learning efficiency",
    "cs.LO": "reasoning code",
    "cs.MA": "agents reinforcement-learning",
    "cs.MM": "video audio vision-language image-generation",
    "cs.NA": "science machine-learning",
    "cs.NE": "machine-learning efficiency",
    "cs.NI": "efficiency",
    "cs.OS": "efficiency",
    "cs.PF": "efficiency",
    "cs.PL": "code",
    "cs.RO": "robotics 3d reinforcement-learning",
    "cs.SD": "audio",
    "cs.SE": "code agents",
    "cs.SI": "society machine-learning",
    "cs.SY": "reinforcement-learning robotics machine-learning science",
    "eess.AS": "audio",
    "eess.IV": "perception science image-generation",
    "eess.SP": "machine-learning science",
    "eess.SY": "reinforcement-learning robotics machine-learning science",
    "math.OC": "machine-learning reinforcement-learning",
    "math.ST": "machine-learning",
    "stat.AP": "machine-learning society science",
    "stat.ME": "machine-learning",
    "stat.ML": "machine-learning reinforcement-learning",
    "stat.TH": "machine-learning",
}
_TOPICS_OF_ARCHIVE = {
    "econ": "society",
    "math": "machine-learning science reasoning",
    "q-fin": "society",
} | dict.fromkeys(
    (
        *("astro-ph", "cond-mat", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nlin"),
        *("nucl-ex", "nucl-th", "physics", "q-bio", "quant-ph"),
    ),
    "science",
)


def topics_of_category(category: str) -> frozenset[str]:
    """The topics that are right for `category`; empty when it says nothing (cs.AI, cs.LG hold all of them)."""
    known = _TOPICS.get(category) or _TOPICS_OF_ARCHIVE.get(category.partition(".")[0], "")
    return frozenset(known.split())
