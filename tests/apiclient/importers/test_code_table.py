"""Tables of codes, as people paste them, become documented answers."""

from pathlib import Path

import pytest

from apiclient.catalogue import lookup
from apiclient.importers.code_table import codes_of, read
from apiclient.importers.described import Answer

MARKDOWN = """
# Pet store

| Code | Message |
|:----:|---------|
| 200 | OK, `pets` as **JSON** |
| 404[^1] | No such pet, see [the list](https://example.org/pets) |
| 500-504 | Our fault |
| 4XX | Yours |
| 409, 410 | Gone \\| taken |
| soon | later |

[^1]: sometimes
"""
WANTED = (
    Answer("200", "OK, pets as JSON"),
    Answer("404", "No such pet, see the list"),
    Answer("500-504", "Our fault"),
    Answer("4xx", "Yours"),
    Answer("409, 410", "Gone | taken"),
)
HTML = """<h2>Pet store</h2><table><thead><tr><th>Code<th>Message</thead>
<tr><td>200<td>OK, <code>pets</code> as <b>JSON</b>
<tr><td>404<sup>1</sup></td><td>No such pet, see <a href="x">the list</a></td></tr>
<tr><td>500&ndash;504</td><td>Our fault</td></tr><tr><td>4XX<td>Yours<tr><td>409, 410<td>Gone &#124; taken</table>"""
GRID = """
Pet store
=========

+----------+---------------------------+
| Code     | Message                   |
+==========+===========================+
| 200      | OK, ``pets`` as **JSON**  |
+----------+---------------------------+
| 404      | No such pet,              |
|          | see the list              |
+----------+---------------------------+
| 500-504  | Our fault                 |
+----------+---------------------------+
| 4XX      | Yours                     |
+----------+---------------------------+
| 409, 410 | Gone \\| taken            |
+----------+---------------------------+
"""
SIMPLE = """
Pet store
---------

========  =========================
Code      Message
========  =========================
200       OK, ``pets`` as **JSON**
404       No such pet,
          see the list
500-504   Our fault
4XX       Yours
409, 410  Gone | taken
========  =========================
"""
ASCIIDOC = """
== Pet store

[cols="1,3",options="header"]
|===
|Code |Message

|200 |OK, `pets` as **JSON**
|404
|No such pet, see the list
|500-504 |Our fault
|4XX |Yours
|409, 410 |Gone \\| taken
|===
"""


@pytest.mark.parametrize("text", [MARKDOWN, HTML, GRID, SIMPLE, ASCIIDOC], ids=["md", "html", "grid", "simple", "adoc"])
def test_the_same_table_in_each_markup(text):
    service = read(text).services[0]
    assert (service.name, service.answers, service.calls, service.base_url) == ("Pet store", WANTED, (), None)


def test_what_was_left_out_is_noted():
    assert read(MARKDOWN).notes == (
        "table 1, row 2: the footnote of '404[^1]' was left out.",
        "table 1, row 6: 'soon' is no status code and was left out.",
    )


def test_the_table_the_product_is_built_around():
    text = (Path(__file__).parent / "wild" / "http-response-codes.md").read_text()
    described = read(text)
    service = described.services[0]
    assert (service.name, len(service.answers), described.notes) == ("API - HTTP Response Codes", 40, ())
    assert [answer.codes for answer in service.answers if answer.kind == "success"][-1] == "307"
    assert sum(answer.kind == "success" for answer in service.answers) == 16
    assert sum(answer.kind == "error" for answer in service.answers) == 18 + 6
    assert all(lookup(int(answer.codes)).message for answer in service.answers)
    assert service.answers[-1] == Answer("505", "HTTP Version Not Supported", "error")


def test_a_heading_above_the_table_says_the_kind():
    errors = "## Errors\n\n|Status|Meaning|\n|-|-|\n|302|no\n\n"
    text = f"{errors}## Success\n\n|HTTP code|Note|Description|\n|-|-|-|\n|404|x|fine|"
    assert read(text, "Mine").services[0].answers == (Answer("302", "no", "error"), Answer("404", "fine", "success"))
    assert read(text, "Mine").services[0].name == "Mine"


def test_the_same_code_twice_keeps_the_first():
    described = read("|Code|Message|\n|-|-|\n|200|one|\n|200|two|\n|200|one|")
    assert described.services[0].answers == (Answer("200", "one"),)
    assert described.notes == ("table 1, row 2: 200 stands in the text before, with other words; those are kept.",)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("404", "404"),
        ("4XX", "4xx"),
        ("500 – 504", "500-504"),
        ("500 to 504", "500-504"),
        ("401 or 403", "401, 403"),
        ("200/201", "200, 201"),
        ("504-500", ""),
        ("99", ""),
        ("600", ""),
        ("9xx", ""),
        ("1.5", ""),
        ("", ""),
    ],
)
def test_codes_are_read_as_people_write_them(text, codes):
    assert codes_of(text) == codes


@pytest.mark.parametrize(
    "text", ["", "no table", "|a|b|\n|-|-|\n|1|2|", "<table><tr><td>x</table>", "|===", "+--+", "=== ==="]
)
def test_a_text_without_such_a_table_is_refused(text):
    with pytest.raises(ValueError) as refused:
        read(text)
    assert "no table with a column of codes" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x" * 3_000_000, "at most 2000000 of a table are read"),
        ("|" * 100_000, "more than 20000 characters, which no table has"),
        ("<table>" + "<td>1" * 300, "or 200 in a row"),
        ("<table>" + "<tr><td>200<td>x" * 110_000, "more than 200000 cells"),
        (
            "|c|m|\n|-|-|\n" + "".join(f"|{at % 500 + 100}-599, {at % 490 + 100}|x|\n" for at in range(30_000)),
            "more than 300 codes",
        ),
        ("<table>" + "<a " * 600_000, "opened with < and never closed"),
        ("<table>" + "</" * 900_000, "opened with < and never closed"),
        ("a\0", "NUL"),
    ],
)
def test_more_than_any_table_holds_is_refused(text, sentence):
    with pytest.raises(ValueError) as refused:
        read(text)
    assert sentence in str(refused.value)
