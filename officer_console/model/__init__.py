"""What a conversation is. Pure: no I/O, no clock, no network, no screen."""
