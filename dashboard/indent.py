"""JSON with a line for each member, as text: nothing but the white space between tokens is changed. Pure."""

import json
import re

LONGEST = 64 << 10
DEEPEST = 40
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]\s*[\]}]|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)


def indented(text: str) -> str:
    """The text with its members below each other; '' where it is no JSON object or list, too long or too deep."""
    if len(text) > LONGEST or text.lstrip()[:1] not in ("{", "["):
        return ""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return ""
    parts, depth = [], 0
    for token in TOKEN.findall(text):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token, 0)
        if depth > DEEPEST:
            return ""
        line = "\n" + "  " * depth
        match token:
            case "{" | "[" | ",":
                parts.append(token + line)
            case "}" | "]":
                parts.append(line + token)
            case ":":
                parts.append(": ")
            case _:
                parts.append(token)
    return "".join(parts)
