"""`officer-console doctor`: what of this machine, the relay and the page is as it must be, in plain words."""
