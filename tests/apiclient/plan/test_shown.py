"""What is secret is masked, what refers to a secret is not, and what is masked can be sent back."""

import pytest

from apiclient.http.redact import MASK
from apiclient.plan.shown import has_mask, restored, shown

KEPT = {"Authorization": "Bearer abc12345", "Accept": "text/plain"}


@pytest.mark.parametrize(
    ("member", "value", "seen"),
    [
        ("headers", KEPT, {"Authorization": MASK, "Accept": "text/plain"}),
        ("headers", {"Authorization": "Bearer {{ secret.key }}"}, {"Authorization": "Bearer {{ secret.key }}"}),
        ("headers", {"Authorization": "{{secret.key}}abc"}, {"Authorization": MASK}),
        ("path", "/x?api_key=abc&q=1", f"/x?api_key={MASK}&q=1"),
        ("path", "/x?api_key={{ secret.key }}&token=abc", f"/x?api_key={{{{ secret.key }}}}&token={MASK}"),
        ("proxy", "http://me:word@proxy.example", f"http://{MASK}@proxy.example"),
        ("body", '{"password": "abc", "n": 1}', f'{{"password": "{MASK}", "n": 1}}'),
        ("body", '{"pass": "{{ secret.a }}", "pin": "1"}', f'{{"pass": "{{{{ secret.a }}}}", "pin": "{MASK}"}}'),
        ("body", "password={{ secret.word }}&pin=1", f"password={{{{ secret.word }}}}&pin={MASK}"),
        ("body", "<order><id>1</id></order>", "<order><id>1</id></order>"),
        ("body", "<login><password>abc</password></login>", MASK),
        ("steps", [{"name": "x", "headers": KEPT}], [{"name": "x", "headers": KEPT | {"Authorization": MASK}}]),
        ("description", "token=abc", "token=abc"),
        ("headers", {}, {}),
    ],
)  # fmt: skip
def test_what_is_shown_of_a_member(member, value, seen):
    assert shown(member, value) == seen
    assert restored(member, seen, value) == value


def test_a_mask_among_headers_keeps_what_it_stands_for():
    sent = {"Authorization": MASK, "Accept": "text/html"}
    assert restored("headers", sent, KEPT) == KEPT | {"Accept": "text/html"}


def test_a_mask_for_which_nothing_is_kept_is_refused():
    with pytest.raises(ValueError, match="nothing is kept"):
        restored("headers", {"Cookie": MASK}, KEPT)
    with pytest.raises(ValueError, match="nothing is kept"):
        restored("path", f"/x?token={MASK}", None)


def test_a_mask_is_found_at_any_depth():
    assert has_mask([{"a": ["b", {"c": f"x{MASK}"}]}])
    assert not has_mask([{"a": 1}, None, "b"])
