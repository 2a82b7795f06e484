"""Attacks that train: what the attacker sees and measures itself by, the methods, and how one is carried out.

`problem.py` is what every method works on; `methods/` has a function for each of `attacks/trained/methods`;
`running.py` carries one out, and `requests.py` is how it is asked for from where no trainer is loaded.
"""
