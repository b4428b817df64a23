"""Placeholders filled with something that could stand in their place."""

import re

PLACEHOLDER = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}")


def fill(text: str) -> str:
    return PLACEHOLDER.sub("x", text)


def names_in(*texts: str) -> set[str]:
    return {name for text in texts for name in PLACEHOLDER.findall(text)}
