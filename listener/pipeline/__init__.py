"""The road of a mention, top to bottom: collect, judge, act, and the upkeep between them."""
