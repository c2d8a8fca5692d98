"""A desk for practice: the same shape as the real one (client.api.Desk), over sessions instead of a relay.

Its parts are composed in desk.py; each is one half of what the screens ask for. Nothing here can reach a network.
"""
