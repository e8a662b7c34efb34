"""How a site is doing: is every job done in time, do the sources answer, when was the last edition, what waits.

`state` gathers it, `metrics` says it in Prometheus' words. It changes nothing.
"""

from digest.health.metrics import metrics_text
from digest.health.state import EditionHealth, Health, JobHealth, QueueHealth, health

__all__ = ["EditionHealth", "Health", "JobHealth", "QueueHealth", "health", "metrics_text"]
