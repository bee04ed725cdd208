"""Mentions from a file: CSV or JSON Lines → items → arrivals, each bad line told with its number.

`ready` and `ahead` also run in a process of their own, which imports neither the configuration nor the store.
"""
