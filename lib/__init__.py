"""Vitrine: a visual product search lab. The library behind the dashboard and the command line."""

__version__ = "0.1.0"
