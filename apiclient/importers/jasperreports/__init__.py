"""JasperReports Server, ready-made: its 37 service groups with their documented answers, and ten probes."""

from apiclient.importers.jasperreports.installation import (
    NAME,
    PASSWORD,
    PASSWORD_ENCODED,
    Before,
    Installation,
    encoded,
)
from apiclient.importers.jasperreports.service import describe

__all__ = ["NAME", "PASSWORD", "PASSWORD_ENCODED", "Before", "Installation", "describe", "encoded"]
