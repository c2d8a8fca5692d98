"""The words on the wire, and the state machines that speak them without touching a socket."""
