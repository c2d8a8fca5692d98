"""Keys and sealing: identities, the list of officers, envelopes, keys at rest.

The only room that imports `cryptography`. What opens with a private key is in `opening`, what keeps private
keys in `keyring`; the relay imports neither.
"""
