"""Any colour a business may choose stays readable: WCAG AA, in both schemes, as Chromium computes it."""

import random
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.ui.chromium import Scheme, chromium, show
from tests.ui.every_page.home import home
from tests.ui.rendering import html, speaking

EXTREMES = ["#000000", "#ffffff", "#ff0000", "#00ff00", "#0000ff", "#ffff00", "#00ffff", "#ff00ff"]
EXTREMES += ["#39ff14", "#facc15", "#808080", "#777777", "#0e7490", "#f59e0b", "#010101", "#fefefe"]
_chance = random.Random(17)
COLOURS = EXTREMES + [f"#{_chance.randrange(0x1000000):06x}" for _ in range(28)]

TEXT = [
    *[(ink, ground) for ink in ("ink", "soft", "brand-ink") for ground in ("paper", "sheet", "wash")],
    *[(tone, "paper") for tone in ("good", "warn", "bad")],
    *[("ink", ground) for ground in ("mark", "bad-wash", "warn-wash")],
    *[("bad", "bad-wash"), ("warn", "warn-wash"), ("on-fill", "fill"), ("on-fill", "fill-hover")],
]
LINES = [("edge", "paper"), ("edge", "sheet"), ("brand-ink", "paper")]

MEASURE = """([colours, pairs]) => {
  const root = document.documentElement.style, probe = document.body.appendChild(document.createElement("p"));
  const pen = Object.assign(document.createElement("canvas"), {width: 1, height: 1})
    .getContext("2d", {willReadFrequently: true});
  const luminance = (token) => {
    probe.style.color = `var(--${token})`;
    pen.fillStyle = getComputedStyle(probe).color;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map((c) => c / 255)
      .map((c) => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const poor = [];
  for (const colour of colours) {
    root.setProperty("--brand", colour);
    root.setProperty("--accent", colour);
    for (const [over, under, least] of pairs) {
      const [light, dark] = [luminance(over), luminance(under)].sort((a, b) => b - a);
      const ratio = (light + .05) / (dark + .05);
      if (!(ratio >= least)) poor.push(`${colour}: ${over} on ${under} ${ratio.toFixed(2)}`);
    }
  }
  return poor;
}"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser, speaking():
        page = browser.new_page()
        show(page, html(home()))
        yield page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_letters_and_lines_can_be_read_on_any_brand(page: Page, scheme: Scheme) -> None:
    page.emulate_media(color_scheme=scheme)
    pairs = [[*pair, 4.5] for pair in TEXT] + [[*pair, 3] for pair in LINES]
    assert page.evaluate(MEASURE, [COLOURS, pairs]) == []


def test_the_measure_notices_what_cannot_be_read(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    assert page.evaluate(MEASURE, [["#0e7490"], [["paper", "sheet", 3]]]) != []
