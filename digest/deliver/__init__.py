"""Deliver: the right digest to each reader at their hour, once.

Plan what is due, claim it, hand it to a carrier, record what became of it. Everything that must happen once is unique
in the database, so any number of processes may do this at once and any of them may be killed at any moment.
"""

from digest.deliver.letters import send_letter, send_test
from digest.deliver.report import DeliveryReport
from digest.deliver.sending import deliver, dry_run

__all__ = ["DeliveryReport", "deliver", "dry_run", "send_letter", "send_test"]
