"""What an operator configured, found right: config.toml in, frozen values out, every problem at once."""

from listener.config.loading import load
from listener.config.plugged import ChannelEntry, SourceEntry, TrackerEntry
from listener.config.problems import ConfigError, Problem
from listener.config.secrets import SecretError, Secrets
from listener.config.sections import Brand, Config, Staff

__all__ = [
    "Brand",
    "ChannelEntry",
    "Config",
    "ConfigError",
    "Problem",
    "SecretError",
    "Secrets",
    "SourceEntry",
    "Staff",
    "TrackerEntry",
    "load",
]
