"""Answerback's own files: services and calls as YAML, read, described to editors, and written."""

from apiclient.importers.answerback.read import BadFile, read, read_value
from apiclient.importers.answerback.schema import schema
from apiclient.importers.answerback.write import write

__all__ = ["BadFile", "read", "read_value", "schema", "write"]
