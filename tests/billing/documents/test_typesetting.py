"""Whatever words a paper has, it can be set, within its margins, and says them as they are."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nextroute.billing.documents import glyphs, typesetting
from nextroute.billing.documents.paper import Block, Cell, Column, Mark, Paper, Part, Sender, Sum
from tests.billing.documents import reading

LONG = "Extraordinarily" * 12
HUGE = "−$99,999,999,999.99"


def paper(words: str = "Words", amount: str = "$1.00") -> Paper:
    """These words in every place that holds words, this amount wherever there is one."""
    return Paper(
        lang="es",
        region="MX",
        size="a4",
        title=words,
        day=date(2026, 6, 5),
        sender=Sender(words, [words], words[:1], "#0e7490", "#fff"),
        heading=words,
        mark=Mark(words, "#0e7490"),
        to=Block(words, [words]),
        facts=[Sum(words, words)],
        columns=[
            Column("Day"),
            Column(words, wide=True),
            Column("Amount", amount=True),
            Column("Balance", amount=True),
        ],
        rows=[[Cell("September 30, 2026"), Cell(words, words, strong=True), Cell(amount), Cell(amount)]],
        sums=[Sum(words, amount)],
        total=Sum(words, amount),
        parts=[Part(words, [Sum(words, amount)], words)],
        page="Page {page} of {pages}",
    )


def pdf(of: Paper) -> bytes:
    return typesetting.pdf(typesetting.content(of))


@given(st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_words_can_be_set(words: str) -> None:
    assert pdf(replace(paper(words), title=f"Paper {words}", heading=f"Paper {words}")).startswith(b"%PDF")


@pytest.mark.parametrize("words", [LONG, "W" * 300, f"{LONG} {'a ' * 200}", "8447 West 51st Avenue, " * 20])
def test_long_words_stay_within_the_margins(words: str) -> None:
    sheets = reading.drawn(typesetting.content(paper(words, HUGE)))
    assert sheets
    assert all(reading.margins_are_blank(sheet) for sheet in sheets)


def test_the_template_has_nothing_to_warn_of() -> None:
    _, warnings = reading.compiler(typesetting.content(paper())).compile_with_warnings(
        format="pdf", pdf_standards="ua-1"
    )
    assert warnings == []


def test_markup_is_words() -> None:
    words = '#panic("no") $x^2$ *b* _i_ = h <a> @b `c` \\n {page}'
    assert words in reading.text(pdf(paper(words)))


def test_a_table_over_several_pages_repeats_its_head_and_counts_the_pages() -> None:
    long = replace(paper(), rows=[*paper().rows] * 60)
    words = reading.text(pdf(long))
    count = reading.pages(pdf(long))
    assert f"Page {count} of {count}" in words
    assert words.count("Day Words Amount Balance") == count > 2


def test_each_letter_that_fonts_are_said_to_have_is_there() -> None:
    """typst refuses to write PDF/UA with a letter that no font has."""
    every = "".join(chr(point) for point in sorted(glyphs.covered()) if chr(point).isprintable())
    assert len(every) > 1000
    assert pdf(replace(paper(), parts=[Part("", words=" ".join(every))]))


def test_the_letters_of_our_languages_are_all_there() -> None:
    ours = "ABCÁÉÍÓÚÜÑabcáéíóúüñ¿¡“”‘’–—…·°ª€$£¥−0123456789"
    assert glyphs.shown(ours).replace("\u200b", "") == ours


def test_only_what_is_too_long_for_a_line_may_be_broken() -> None:
    assert glyphs.shown("x" * 28) == "x" * 28
    assert glyphs.shown(f"INV-1001 {'x' * 29} y") == f"INV-1001 {'\u200b'.join('x' * 29)} y"
    assert reading.title(pdf(replace(paper(), title=f"Invoice from {LONG}"))) == f"Invoice from {LONG}"
