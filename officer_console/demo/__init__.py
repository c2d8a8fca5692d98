"""`officer-console demo`: a relay, a practice desk with its dispatch room, invented visitors and the console, on this
machine, with nothing to configure; `demo --board` is the dispatch board of the demo that runs."""
