"""The daemon: keeps, understands, decides and acts."""
