"""Vitrine: a visual product search lab. The library behind the dashboard and the command line."""

import sys

__version__ = "0.1.0"

# OpenVINO reports every import to its maker unless this package of its own is missing; None makes it so.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
