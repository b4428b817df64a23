"""What was pasted into one field: a URL, or a curl command."""

import re

from apiclient.importers import curl
from apiclient.importers.draft import Draft

LONGEST = 300_000
_COMMAND = re.compile(r"(?:\$ |# |> )?\s*curl(?:\.exe)?(?=\s|$)", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def read(text: str) -> Draft:
    """The request that the text describes; ValueError with a sentence for people when it describes none."""
    text = text.strip()
    if not text:
        raise ValueError("Paste a URL such as https://api.example.org/health, or a whole curl command.")
    if len(text) > LONGEST:
        raise ValueError(f"At most {LONGEST} characters; this has {len(text)}.")
    if command := _COMMAND.match(text):
        return curl.read(f"curl{text[command.end() :]}")
    if len(text.split()) > 1:
        raise ValueError("This is neither one URL nor a command that begins with curl.")
    return Draft(text if _SCHEME.match(text) else f"https://{text}")
