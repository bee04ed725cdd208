"""Speed and size, each figure against a limit or a peer measured in the same run: `python -m bench [NAME…]`."""
