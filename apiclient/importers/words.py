"""A command line taken apart into words as a shell would, without one: bash's quoting, and that of Windows.

What only a shell could know, such as the value of a variable, is refused in a sentence.
"""

import re
from collections.abc import Iterator

OTHER_COMMANDS = "Paste one curl command alone; this one goes on with {!r}."
BLANKS = " \t"
"""What parts words on Windows: a new line that a caret let through does not."""
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "v": "\v"}
_CODE = re.compile(r"x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})")
_LOW = re.compile(r"\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_WINDOWS = re.compile(r"\^\r?\n|\^\"")
_CARET = re.compile(r"\^(?:\r?\n(\r?\n)?|(.))", re.DOTALL)
_BACKSLASHES = re.compile(r"(\\*)\"")
_SPACES = re.compile(r"\s+")
_SUBSTITUTED = re.compile(r"\$(?=[\w({!@*?#-])")


def split(text: str) -> list[str]:
    """The words of the command in the text; ValueError with a sentence when it cannot be read without a shell."""
    words = _of_windows(text) if _WINDOWS.search(text) else list(Bash(text).words())
    return [_whole(word) for word in words]


def _whole(word: str) -> str:
    """The word with the bytes that were written as numbers read as UTF-8."""
    try:
        whole = word.encode("utf-8", "surrogateescape").decode("utf-8")
    except ValueError:
        raise ValueError("The command holds bytes that are no UTF-8 text; such a body cannot be kept.") from None
    if "\0" in whole:
        raise ValueError("The command holds a NUL character, which no shell would pass on.")
    return whole


class Bash:
    """Reads left to right; ``_at`` is the next character."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\\\r\n", "\\\n")
        self._at = 0

    def words(self) -> Iterator[str]:
        while self._skip_blanks():
            word = self._word()
            if word is None:
                return
            yield word

    def _skip_blanks(self) -> bool:
        """Move to the next word, over comments and continued lines; False at the end."""
        while self._at < len(self._text):
            if self._text.startswith("\\\n", self._at):
                self._at += 2
            elif self._text[self._at] == "#":
                self._at = (self._text.find("\n", self._at) + 1) or len(self._text)
            elif self._text[self._at].isspace():
                self._skip_lines()
            else:
                return True
        return False

    def _skip_lines(self) -> None:
        """A new line is a new command, but people wrap lines without a backslash, too."""
        blanks = _SPACES.match(self._text, self._at)
        end = blanks.end() if blanks else self._at + 1
        began, self._at = self._at, end
        if end < len(self._text) and "\n" in self._text[began:end]:
            rest = self._text[end : end + 100]
            if not rest.startswith(("-", "'", '"', "http", "#", "\\\n")):
                raise ValueError(OTHER_COMMANDS.format(rest.split()[0][:40]))

    def _word(self) -> str | None:
        """One word; None where the command ends in a pipe or a redirection, which changes nothing of the request."""
        found: list[str] = []
        began = self._at
        while self._at < len(self._text) and not self._text[self._at].isspace():
            mark = self._text[self._at]
            if mark in "|><" or (mark in "&;" and not self._is_inside(began)):
                self._end_command(mark)
                is_word = began < self._at and not (mark == ">" and "".join(found).isdigit())  # "2>" is none
                self._at = len(self._text)
                return "".join(found) if is_word else None
            found.append(self._piece(mark))
        return "".join(found)

    def _is_inside(self, began: int) -> bool:
        """Whether an unquoted & or ; stands in the middle of a word, as in a URL that should have been quoted."""
        after = self._text[self._at + 1 : self._at + 2]
        return self._at > began and bool(after) and not after.isspace() and after not in "&;"

    def _end_command(self, mark: str) -> None:
        """ValueError where another command follows; what is done with the answer is passed over."""
        rest = self._text[self._at :].strip()
        if mark in "&;" and rest.strip("&; \n"):
            raise ValueError(OTHER_COMMANDS.format(rest[:40]))
        if rest.startswith(("||", "<")):
            raise ValueError(OTHER_COMMANDS.format(rest[:40]))

    def _piece(self, mark: str) -> str:
        if mark == "'":
            return self._until("'", self._at + 1)
        if self._text.startswith("$'", self._at):
            return self._ansi()
        if mark == '"' or self._text.startswith('$"', self._at):
            return self._double()
        if mark == "\\":
            return self._backslash()
        self._refuse_substitution()
        self._at += 1
        return mark

    def _backslash(self) -> str:
        after = self._text[self._at + 1 : self._at + 2]
        self._at += 2
        return "" if after == "\n" else after

    def _until(self, mark: str, start: int) -> str:
        end = self._text.find(mark, start)
        if end < 0:
            raise ValueError(f"A quote ({mark}) is opened and never closed. Was the whole command copied?")
        self._at = end + 1
        return self._text[start:end]

    def _double(self) -> str:
        found: list[str] = []
        self._at = self._text.index('"', self._at) + 1
        while self._at < len(self._text):
            mark, after = self._text[self._at], self._text[self._at + 1 : self._at + 2]
            if mark == '"':
                self._at += 1
                return "".join(found)
            if mark == "\\" and after in ('"', "\\", "$", "`", "\n"):
                found.append("" if after == "\n" else after)
                self._at += 2
                continue
            self._refuse_substitution()
            found.append(mark)
            self._at += 1
        return self._until('"', len(self._text))

    def _ansi(self) -> str:
        """``$'..'``: escapes as in C, as browsers copy what plain quotes cannot hold."""
        found: list[str] = []
        self._at += 2
        while self._at < len(self._text):
            mark = self._text[self._at]
            self._at += 1
            if mark == "'":
                return "".join(found)
            found.append(self._escape() if mark == "\\" else mark)
        return self._until("'", len(self._text))

    def _escape(self) -> str:
        code = _CODE.match(self._text, self._at)
        if not code:
            self._at += 1
            mark = self._text[self._at - 1 : self._at]
            return _ESCAPED.get(mark, mark)
        self._at = code.end()
        octet, short, long, octal = code.groups()
        if octet or octal:
            number = int(octet, 16) if octet else int(octal, 8) & 0xFF
            return chr(number if number < 0x80 else 0xDC00 + number)  # as surrogateescape writes a byte
        return self._character(int(short or long, 16))

    def _character(self, number: int) -> str:
        """Browsers write what is beyond U+FFFF as two halves."""
        if 0xD800 <= number < 0xDC00 and (low := _LOW.match(self._text, self._at)):
            self._at = low.end()
            number = 0x10000 + ((number - 0xD800) << 10) + int(low[1], 16) - 0xDC00
        if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
            raise ValueError("The command holds half a character; only whole ones can be kept.")
        return chr(number)

    def _refuse_substitution(self) -> None:
        if self._text[self._at] == "`" or _SUBSTITUTED.match(self._text, self._at):
            shown = self._text[self._at : self._at + 30].split()[0].rstrip("'\"")
            raise ValueError(f"{shown} stands for something that only your shell knows. Write the value itself.")


def _of_windows(text: str) -> list[str]:
    """What cmd makes of carets and quotes, and then the called program of quotes and backslashes."""
    line = _without_carets(text)
    words: list[str] = []
    at = 0
    while at < len(line):
        if line[at] in BLANKS:
            at += 1
            continue
        word, at = _windows_word(line, at)
        words.append(word)
    return words


def _without_carets(text: str) -> str:
    """Outside quotes a caret lets the next character stand for itself; before a line end it joins the lines."""
    is_quoted = False
    found: list[str] = []
    at = 0
    while at < len(text):
        caret = None if is_quoted else _CARET.match(text, at)
        if caret:
            found.append("\n" if caret[1] else caret[2] or "")
            at = caret.end()
            continue
        if text[at] == '"':
            is_quoted = not is_quoted
        found.append(text[at] if is_quoted or text[at] not in "\r\n" else " ")
        at += 1
    return "".join(found)


def _windows_word(line: str, at: int) -> tuple[str, int]:
    """One word, and where it ends. Backslashes are plain, except before a quote, where two make one."""
    found: list[str] = []
    is_quoted = False
    while at < len(line) and (is_quoted or line[at] not in BLANKS):
        if marks := _BACKSLASHES.match(line, at):
            slashes = marks[1]
            found.append("\\" * (len(slashes) // 2))
            at = marks.end()
            if len(slashes) % 2:
                found.append('"')
            elif is_quoted and line.startswith('"', at):
                found.append('"')
                at += 1
            else:
                is_quoted = not is_quoted
            continue
        found.append(line[at])
        at += 1
    if is_quoted:
        raise ValueError('A quote (") is opened and never closed. Was the whole command copied?')
    return "".join(found), at
