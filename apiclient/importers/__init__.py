"""Requests that people bring along: ``read(text)`` takes a URL or a curl command. Pure; nothing is ever run."""

from apiclient.importers.draft import Draft
from apiclient.importers.pasted import read

__all__ = ["Draft", "read"]
