"""The relay: keeps every sealed event until it is delivered, decides who may append what, and can read nothing."""
