"""What is written is read as what it says; what was there stays as it was written."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from apiclient.importers.answerback.read import read
from apiclient.importers.answerback.write import write
from apiclient.importers.described import Answer, DescribedCall, DescribedService

BLANK_CALL = DescribedCall(
    "", slug="", method="GET", path="", headers={}, body="", auth={}, interval_seconds=60, cron="", time_zone="UTC",
    locations=(), timeout_ms=10000, follow_redirects=False, verify_tls=True, expected_codes="", slow_after_ms=0,
    fail_after_ms=0, confirm_after_s=0, checks=[], captures=[], steps=[], enabled=True, answers=(),
)  # fmt: skip
BLANK = DescribedService(
    "", slug="", base_url="", description="", headers={}, auth={}, variables={}, environments={}, environment="",
    proxy="", concurrency=50, enabled=True, answers=(), calls=(BLANK_CALL,),
)  # fmt: skip
ORDERS = replace(BLANK_CALL, name="Orders", slug="orders", path="/orders")
SHOP = replace(BLANK, name="Shop", slug="shop", base_url="https://shop.example", calls=(ORDERS,))
FILE = """\
# kept by the shop's team
x-json: &json {Accept: text/plain}
services:
# the shop itself
- name: Shop   # do not rename
  base_url: 'https://old.example'
  headers: *json
  calls:
  # orders come first
  - path: /old # since 2019
    name: Orders
    headers:
      # why
      A: '404'  # because
      B: "x"
    checks:
    - {kind: body, is: contains, value: ok}  # fine
  - name: Gone
"""


def filled(told, blank):
    """As ``apply`` to an empty database would."""
    values = {
        name: getattr(blank, name) if getattr(told, name) is None else getattr(told, name) for name in told.__slots__
    }
    if isinstance(told, DescribedCall) and told.cron and told.interval_seconds is None:
        values["interval_seconds"] = 0
    if isinstance(told, DescribedService):
        values["calls"] = tuple(filled(call, BLANK_CALL) for call in told.calls)
    return replace(told, **values)


def read_back(text: str) -> list[DescribedService]:
    return [filled(one, BLANK) for one in read(text).services]


def by_name(things):
    """In an order that is the same however they stand in a file."""
    found = sorted(things, key=lambda one: getattr(one, "name", "") or one.codes)
    parts = ("calls", "answers")
    return tuple(
        replace(one, **{part: by_name(getattr(one, part)) for part in parts if hasattr(one, part)}) for one in found
    )


def test_a_new_file_says_what_differs_from_the_defaults():
    call = replace(ORDERS, interval_seconds=0, body="a\n  b\n", answers=(Answer("404", "None"),))
    text = write([replace(SHOP, calls=(call,))], BLANK, schema="https://a.example/schema.json")
    assert (
        text
        == """\
# yaml-language-server: $schema=https://a.example/schema.json
services:
  - name: Shop
    slug: shop
    base_url: "https://shop.example"
    calls:
      - name: Orders
        slug: orders
        path: /orders
        body: |
          a
            b
        interval_seconds: null
        answers:
          - codes: "404"
            message: None
"""
    )


def test_comments_order_quotes_and_what_is_the_same_stay():
    orders = replace(
        ORDERS,
        headers={"A": "404", "C": "d"},
        checks=[{"kind": "body", "is": "contains", "value": "well"}],
        slow_after_ms=5,
    )
    new = replace(ORDERS, name="New", slug="new")
    assert (
        write([replace(SHOP, calls=(new, orders))], BLANK, FILE)
        == """\
# kept by the shop's team
x-json: {Accept: text/plain}
services:
# the shop itself
- name: Shop   # do not rename
  slug: shop
  base_url: "https://shop.example"
  headers: {}
  calls:
  # orders come first
  - path: /orders # since 2019
    name: Orders
    slug: orders
    headers:
      # why
      A: '404'  # because
      C: d
    slow_after_ms: 5
    checks:
    - {kind: body, is: contains, value: well} # fine
  - name: New
    slug: new
    path: /orders
"""
    )


def test_written_again_it_is_the_same_text():
    text = write([SHOP], BLANK, FILE)
    assert write([SHOP], BLANK, text) == text
    assert read_back(text) == [SHOP]


def test_what_is_no_more_is_taken_out_and_what_is_new_comes_last():
    bank = replace(BLANK, name="Bank", slug="bank", base_url="https://bank.example", calls=())
    text = write([bank], BLANK, FILE)
    assert "Shop" not in text and read_back(text) == [bank]
    assert [one.name for one in read(write([bank, SHOP], BLANK, text)).services] == ["Bank", "Shop"]


def test_a_thing_that_was_renamed_is_found_by_its_short_name():
    text = write([SHOP], BLANK).replace("name: Shop", "name: Shop # mine")
    assert "name: Store # mine" in write([replace(SHOP, name="Store")], BLANK, text)


def test_what_is_shared_by_aliases_is_not_changed_elsewhere():
    text = "services:\n- name: A\n  headers: &h {X: a}\n- name: B\n  headers: *h\n"
    first = replace(BLANK, name="A", slug="a", headers={"X": "a"}, calls=())
    second = replace(BLANK, name="B", slug="b", headers={"X": "b"}, calls=())
    assert read_back(write([first, second], BLANK, text)) == [first, second]
    text = write([replace(first, headers={"X": "c"}), replace(second, headers={"X": "a"})], BLANK, text)
    assert [one.headers for one in read(text).services] == [{"X": "c"}, {"X": "a"}]


def test_members_taken_from_a_merged_mapping_are_overridden():
    text = "x-d: &d {timeout_ms: 500}\nservices:\n- name: A\n  calls:\n  - <<: *d\n    name: B\n"
    call = replace(BLANK_CALL, name="B", slug="b")
    service = replace(BLANK, name="A", slug="a", calls=(replace(call, timeout_ms=700),))
    assert read_back(write([service], BLANK, text)) == [service]


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
ODD = st.sampled_from(
    ["no", "true", "null", "~", "", "0123", "1e3", ".5", "2024-01-01", "12:30", "- a", "a: b", "#x", "a #b", "*a", "&a",
     "!t", "%p", "@x", "`x", "'", '"', "a\n", "\n", " a", "a ", "a\n b\n", "\ta", "a\r\nb", "\x85", "\u2028", "{{ a }}",
     "[a]", "{a}", "---", "...", "? a", "|", ">", "é", "😀", "=", "<<", "x: |\n  y\n"]
)  # fmt: skip
TEXTS = TEXT | ODD
KEYS = TEXTS.filter(lambda text: text != "<<")  # which merges
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
OBJECT = st.dictionaries(KEYS, JSON, max_size=3)
NAMED = st.dictionaries(KEYS, TEXTS, max_size=3)
NAME = TEXTS.filter(bool)
WHOLE = st.integers(0, 2**31 - 1)
ANSWERS = st.lists(
    st.builds(Answer, codes=NAME, message=TEXTS, kind=st.sampled_from(["", "success", "error"])),
    max_size=3, unique_by=lambda one: one.codes,
).map(tuple)  # fmt: skip
CALLS = st.builds(
    DescribedCall, name=NAME, slug=NAME, method=st.sampled_from(["GET", "POST"]), path=TEXTS, headers=NAMED, body=TEXTS,
    auth=OBJECT, interval_seconds=WHOLE, cron=st.just(""), time_zone=TEXTS, locations=st.just(("paris",)),
    timeout_ms=WHOLE, follow_redirects=st.booleans(), verify_tls=st.booleans(), expected_codes=TEXTS,
    slow_after_ms=WHOLE, fail_after_ms=WHOLE, confirm_after_s=WHOLE, checks=st.lists(OBJECT, max_size=2),
    captures=st.lists(OBJECT, max_size=2), steps=st.lists(OBJECT, max_size=2), enabled=st.booleans(), answers=ANSWERS,
)  # fmt: skip
SERVICES = st.builds(
    DescribedService, name=NAME, slug=NAME, base_url=TEXTS, description=TEXTS, headers=NAMED, auth=OBJECT,
    variables=NAMED, environments=st.dictionaries(KEYS, NAMED, max_size=2), environment=TEXTS, proxy=TEXTS,
    concurrency=WHOLE, enabled=st.booleans(), answers=ANSWERS,
    calls=st.lists(CALLS, max_size=2, unique_by=(lambda one: one.name, lambda one: one.slug)).map(tuple),
)  # fmt: skip
MANY = st.lists(SERVICES, max_size=2, unique_by=(lambda one: one.name, lambda one: one.slug))


@settings(deadline=None, max_examples=12)
@given(MANY)
def test_whatever_is_written_is_read_as_the_same(services):
    assert read_back(write(services, BLANK)) == services


@settings(deadline=None, max_examples=12)
@given(MANY, MANY)
def test_whatever_was_there_a_file_brought_up_to_date_says_what_is(before, after):
    text = write(before, BLANK)
    updated = write(after, BLANK, text)
    assert by_name(read_back(updated)) == by_name(after)
    assert write(after, BLANK, updated) == updated
