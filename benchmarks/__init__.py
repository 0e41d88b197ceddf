"""How fast it is, and where the time goes. Each benchmark is one command: ``python -m benchmarks.append``."""
