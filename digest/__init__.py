"""Daily Papers Digest: the papers that matter to you, every morning, by mail, feed and web."""

__version__ = "0.1.0"
