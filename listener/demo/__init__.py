"""The bundled offline world: a fictional brand, its week, and local servers that speak the real protocols."""
