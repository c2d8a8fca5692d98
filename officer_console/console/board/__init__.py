"""`officer-console dispatch board`: a dispatcher's own screen, for rooms with no system to connect."""
