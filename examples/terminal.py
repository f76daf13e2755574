"""Text for a terminal: headings, aligned tables, wrapping and cutting by the width that text has on the screen."""
from __future__ import annotations

import os
import re
import shutil
import sys
import unicodedata
from typing import Iterable, List, Optional, Sequence

WIDEST = 100
JOINERS = "\u200c\u200d"  # invisible, but within words of some scripts
BOLD, DIM, GREEN, RED, CYAN = "1", "2", "32", "31", "36"


def columns() -> int:
    """What a line may fill: 100 columns, or what a narrower terminal has."""
    return max(60, min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns)) if sys.stdout.isatty() else WIDEST


def painted(text: str, *colours: str) -> str:
    """In colour on a terminal, and plain anywhere else."""
    if not sys.stdout.isatty() or "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb":
        return text
    return f"\x1b[{';'.join(colours)}m{text}\x1b[0m"


def width(text: str) -> int:
    return sum(map(_cells, text))


def _cells(letter: str) -> int:
    """Columns that a character takes: none for what joins the one before it, two for East Asian ones."""
    if letter.isascii():
        return 1
    if letter in JOINERS or unicodedata.category(letter) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def plain(text: object) -> str:
    """On one line, without anything that could move the cursor."""
    return "".join(letter if letter.isprintable() or letter in JOINERS else " " for letter in " ".join(str(text).split()))


def cut(text: str, most: int) -> str:
    """The beginning of a text, with … where something is missing; never half a character or one without its accents."""
    if width(text) <= most:
        return text
    kept, used = "", 0
    for letter in text:
        if used + _cells(letter) > most - 1:
            break
        kept, used = kept + letter, used + _cells(letter)
    return kept.rstrip() + "…"


def padded(text: str, wanted: int, right: bool = False) -> str:
    space = " " * (wanted - width(text))
    return space + text if right else text + space


def wrapped(text: str, most: int) -> List[str]:
    """Lines of at most so many columns, broken between words; a longer word is cut."""
    lines: List[str] = []
    for word in plain(text).split(" "):
        if lines and width(lines[-1]) + 1 + width(word) <= most:
            lines[-1] += " " + word
        else:
            lines.append(cut(word, most))
    return lines


def heading(text: str) -> None:
    line = f"── {text} "
    print("\n" + painted(line + "─" * (columns() - width(line)), BOLD, CYAN) + "\n")


def say(text: str = "", indent: str = "") -> None:
    for line in wrapped(text, columns() - len(indent)):
        print((indent + line).rstrip())


def note(text: str, indent: str = "") -> None:
    """Something said aside."""
    for line in wrapped(text, columns() - len(indent)):
        print(indent + painted(line, DIM))


def pairs(rows: Iterable[Sequence[object]], indent: str = "  ") -> None:
    """Label and value, what is absent left out; long values go on below themselves."""
    shown = [(plain(label), plain(value)) for label, value in rows if value not in (None, "", [])]
    labels = max((width(label) for label, _ in shown), default=0)
    for label, value in shown:
        first, *more = wrapped(value, columns() - len(indent) - labels - 2)
        print(f"{indent}{painted(padded(label, labels), DIM)}  {first}")
        for line in more:
            print(f"{indent}{' ' * labels}  {line}")


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], indent: str = "  ") -> None:
    """Aligned columns. Numbers stand right; the widest columns of text are cut until the table fits the screen."""
    cells = [[plain("" if cell is None else cell) for cell in row] for row in rows]
    texts = [list(headings)] + cells
    is_number = [any(column) and all(re.fullmatch(r"[-+]?[\d,]*\.?\d*( [kMG]?B| m?s)?", cell) for cell in column)
                 for column in zip(*cells)] or [False] * len(headings)
    widths = _fitting([max(map(width, column)) for column in zip(*texts)], columns() - len(indent))
    for number, row in enumerate(texts):
        line = "  ".join(padded(cut(cell, most), most, right)
                         for cell, most, right in zip(row, widths, is_number)).rstrip()
        print(indent + (painted(line, DIM) if number == 0 else line))


def _fitting(widths: List[int], most: int) -> List[int]:
    widths = list(widths)
    while sum(widths) + 2 * (len(widths) - 1) > most and max(widths) > 4:
        widths[widths.index(max(widths))] -= 1
    return widths


def side_by_side(left: Sequence[str], right: Sequence[str], titles: Optional[Sequence[str]] = None) -> None:
    """Two lists of lines, beside each other."""
    half = (columns() - 6) // 2
    if titles:
        print("  " + "  ".join(painted(padded(cut(title, half), half), BOLD) for title in titles).rstrip())
    for number in range(max(len(left), len(right))):
        cells = [side[number] if number < len(side) else "" for side in (left, right)]
        print(("  " + "  ".join(padded(cut(plain(cell), half), half) for cell in cells)).rstrip())


def size(count: float) -> str:
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            break
        count, unit = count / 1000, {"B": "kB", "kB": "MB", "MB": "GB"}[unit]
    return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"


def rows_named(numbers: Sequence[int], most: int = 5) -> str:
    """"rows 3, 17, 99 and 4 more"."""
    text = ", ".join(f"{number}" for number in numbers[:most])
    more = f" and {len(numbers) - most:,} more" if len(numbers) > most else ""
    return f"row{'s' if len(numbers) > 1 else ''} {text}{more}"
