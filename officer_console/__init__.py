"""An anonymous web chat for people in danger, answered by trained officers from a terminal."""

__version__ = "0.1.0"
