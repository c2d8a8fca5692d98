"""`officer-console demo`: a relay, a founded desk, invented visitors and the console, on this machine, with nothing to
configure."""
