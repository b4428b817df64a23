"""Configured headers as people and programs may see them, and back again."""

from apiclient.http.redact import MASK, redact_headers


def masked(headers: dict[str, str]) -> dict[str, str]:
    """The same headers, secret values replaced by the mask."""
    return dict(redact_headers(tuple(headers.items())))


def unmasked(headers: dict[str, str], kept: dict[str, str]) -> dict[str, str]:
    """The headers with the kept value where somebody sent the mask back. ValueError where nothing was kept."""
    shown = masked(kept)
    for name, value in headers.items():
        if MASK in str(value) and shown.get(name) != value:
            raise ValueError(f"{MASK} stands for a value that is kept, and none is kept for {name}. Give the value.")
    return {name: kept[name] if shown.get(name) == value else value for name, value in headers.items()}


def unmasked_text(text: str, shown: str, kept: str) -> str:
    """The kept text where somebody sent back what was shown of it. ValueError where the mask stands elsewhere."""
    if text == shown:
        return kept
    if MASK in text:
        raise ValueError(f"{MASK} stands for what is kept, which can only be sent back unchanged. Give the value.")
    return text
