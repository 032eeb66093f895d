"""Reports for people who do not open the dashboard: one HTML file each, with where its numbers come from."""

from lib.report.document import leaderboard_report
from lib.report.gathering import EVERYTHING, MODELS, WHICH, catalog_report
from lib.report.provenance import Provenance

__all__ = ["EVERYTHING", "MODELS", "WHICH", "Provenance", "catalog_report", "leaderboard_report"]
