"""Lint: what is wrong with a mail, a message, a feed or a page, before it goes out. Bytes and values in, findings out.

Pure: it reads no file, asks no network and no clock, and changes nothing. Whether a finding forbids anything is for
its caller; `errors` are meant to.
"""

from digest.lint.document import Form, form_of, lint_document
from digest.lint.feeds import lint_feed, lint_opml
from digest.lint.finding import Finding, Findings, Level, errors
from digest.lint.links import Neighbours
from digest.lint.mail import check_before_publish, lint_mail, refusal
from digest.lint.message import lint_message
from digest.lint.pages import lint_mail_html, lint_page

__all__ = [
    "Finding",
    "Findings",
    "Form",
    "Level",
    "Neighbours",
    "check_before_publish",
    "errors",
    "form_of",
    "lint_document",
    "lint_feed",
    "lint_mail",
    "lint_mail_html",
    "lint_message",
    "lint_opml",
    "lint_page",
    "refusal",
]
