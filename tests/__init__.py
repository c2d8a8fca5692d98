"""The tests, and the tools that are run as `python -m tests.<name>`."""
