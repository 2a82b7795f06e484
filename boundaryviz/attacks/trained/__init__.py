"""Attacks that train, as settings: what the attacker wants, may do and knows. They are carried out by `adversary`.

`methods/` has one file a method, which is found by itself; `specs.py` lists them by name.
"""
