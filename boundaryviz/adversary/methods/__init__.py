"""The attacks that train, as functions `attack(problem, start)` that yield one state after the other."""
