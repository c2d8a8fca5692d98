"""Whole screens: the duty screen, and what is asked or told over it."""
