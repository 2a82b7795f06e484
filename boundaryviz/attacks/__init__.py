"""Placing poison: pure functions of a scene, a spec and a random generator. No torch."""
