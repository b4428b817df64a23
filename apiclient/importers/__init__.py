"""What people bring along: one request (``read``), or a file of one of ``SOURCES``. Pure; nothing is ever run."""

from apiclient.importers.draft import Draft
from apiclient.importers.pasted import read
from apiclient.importers.source import SOURCES, sniff

__all__ = ["SOURCES", "Draft", "read", "sniff"]
