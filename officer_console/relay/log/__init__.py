"""The log of events, and the shelves beside it. One interface, one suite of contract tests, one engine a file."""
