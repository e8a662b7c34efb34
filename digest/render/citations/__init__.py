"""References: papers as bibliographies and reference managers read them. Pure; where they go is up to the caller."""

from digest.render.citations.bibtex import render_bibtex
from digest.render.citations.csl import csl_record, render_csl
from digest.render.citations.listing import render_listing
from digest.render.citations.ris import render_ris

__all__ = ["csl_record", "render_bibtex", "render_csl", "render_listing", "render_ris"]
