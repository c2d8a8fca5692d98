"""Whom else to turn to, and what to write: the directory of help lines and places, quick replies, search over both."""
