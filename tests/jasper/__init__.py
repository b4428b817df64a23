"""JasperReports Server as its REST reference describes it, on a real socket: also where it misleads."""

from tests.jasper.server import Jasper
from tests.jasper.state import ADMIN, PASSWORD, REPORT, SUPERUSER, State

__all__ = ["ADMIN", "PASSWORD", "REPORT", "SUPERUSER", "Jasper", "State"]
