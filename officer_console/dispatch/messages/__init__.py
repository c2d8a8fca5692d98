"""Patrol requests in the standard formats that a dispatch room takes, and what it answers. Pure: no I/O, no clock.

Outwards EDXL-DE > RC-DE > RC-EDA of the French inter-service framework (CISU), or CAP 1.2; inwards RC-REF, EMSI and
RS-ERROR in EDXL-DE. Schemas: github.com/ansforge/SAMU-Hub-Modeles, version 26.07.29. The same request makes the same
bytes, whenever it is made again.
"""
