"""Carry: message bytes, signatures, sessions with a mail server, and what comes back from one.

Nothing here decides who gets what, keeps a record or reads the clock.
"""
