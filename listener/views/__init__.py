"""Stored rows as people and scripts see them: the JSON objects of the contract, and tables for a terminal."""
