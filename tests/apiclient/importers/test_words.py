"""Command lines taken apart: bash's quoting and that of Windows, and what only a shell could know."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiclient.importers.words import split


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("curl a b", ["curl", "a", "b"]),
        ("curl  'a b'\t\"c d\"", ["curl", "a b", "c d"]),
        ("curl a'b'\"c\"d", ["curl", "abcd"]),
        (r"curl a\ b \'", ["curl", "a b", "'"]),
        ("curl \\\n  -s \\\r\n  -S", ["curl", "-s", "-S"]),
        ("curl\n  -s\n  'x'", ["curl", "-s", "x"]),
        ("curl ''", ["curl", ""]),
        (r'''curl "a\"b\\c\$d\ne"''', ["curl", 'a"b\\c$d\\ne']),
        ('curl "a\\\nb"', ["curl", "ab"]),
        (r"curl $'a\tb\'\x41\101\u00e9\U0001f600\q'", ["curl", "a\tb'AAé😀q"]),
        (r"curl $'\xc3\xa9'", ["curl", "é"]),
        ("curl 'a' # a remark\n", ["curl", "a"]),
        ("curl a#b", ["curl", "a#b"]),
        ("curl https://x.example?a=1&b=2;c", ["curl", "https://x.example?a=1&b=2;c"]),
        ("curl a | jq .", ["curl", "a"]),
        ("curl a > out.json", ["curl", "a"]),
        ("curl a;", ["curl", "a"]),
        ("curl a 2>/dev/null", ["curl", "a"]),
        ("curl a>/dev/null", ["curl", "a"]),
        ("curl a$ $", ["curl", "a$", "$"]),
        ("curl 'a\nb'", ["curl", "a\nb"]),
    ],
)
def test_words_of_bash(text, words):
    assert split(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('curl ^\n  "a b"', ["curl", "a b"]),
        ('curl ^"a^&b^"', ["curl", "a&b"]),
        ('curl ^\r\n "a\\\\" "c\\\\\\"d"', ["curl", "a\\", 'c\\"d']),
        ('curl ^\n "C:\\x" "a""b"', ["curl", "C:\\x", 'a"b']),
    ],
)
def test_words_of_windows(text, words):
    assert split(text) == words


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("curl 'a", "never closed"),
        ('curl "a', "never closed"),
        ("curl $'a", "never closed"),
        ('curl ^\n "a', "never closed"),
        ("curl $TOKEN", "$TOKEN stands for"),
        ('curl "Bearer ${TOKEN}"', "${TOKEN} stands for"),
        ('curl "$(cat token)"', "$(cat stands for"),
        ("curl `date`", "only your shell"),
        ("curl a && curl b", "goes on with '&& curl b'"),
        ("curl a; rm -rf /", "goes on with '; rm"),
        ("curl a & b", "goes on with"),
        ("curl a || b", "goes on with"),
        ("curl a < file", "goes on with"),
        ("curl a\nwget b", "goes on with 'wget'"),
        (r"curl $'\xff'", "no UTF-8"),
        (r"curl $'\0'", "NUL"),
        ("curl a\0b", "NUL"),
        (r"curl $'\ud800'", "half a character"),
        (r"curl $'\Uffffffff'", "half a character"),
        ("curl \ud800", "no UTF-8"),
    ],
)
def test_what_only_a_shell_could_know_is_refused(text, says):
    with pytest.raises(ValueError) as refused:
        split(text)
    assert says in str(refused.value)


@given(st.text(max_size=60))
def test_any_text_gives_words_or_a_sentence(text):
    try:
        assert all(isinstance(word, str) for word in split(f"curl {text}"))
    except ValueError as refused:
        assert str(refused)[-1] in ".?"


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12), min_size=1, max_size=4))
def test_what_was_quoted_comes_back(words):
    quoted = " ".join("'" + word.replace("'", "'\\''") + "'" for word in words)
    assert split(f"curl {quoted}") == ["curl", *words]


@pytest.mark.parametrize("text", ['curl \'a b\'c"d\\"e" \\f', r"curl $'\x41\'\n' a\\b", "curl \"'\" '\"' a\\\nb"])
def test_bash_itself_agrees(text):
    done = subprocess.run(["bash", "-c", f"printf '%s\\0' {text}"], capture_output=True, text=True, check=True)
    assert split(text) == done.stdout.split("\0")[:-1]
