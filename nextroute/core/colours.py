"""Colours as #rrggbb, measured by WCAG's relative luminance (0 to 1). What browsers derive in CSS, for where there is
none to speak of: mails, icons."""

MIDDLING = (0.18, 0.3)  # luminances on which black and white both strain the eye
_OFF_THE_DARK = 0.13  # the least that stands off a dark page, 3:1


def readable_on(fill: str) -> str:
    """Black or white, whichever reads better on this colour."""
    return "#000" if luminance(fill) > MIDDLING[0] else "#fff"


def luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ground(colour: str) -> str:
    """The colour to write on: a middling one is dimmed until white is easy to read, as ui's --fill is."""
    bright = luminance(colour)
    return dimmed(colour, 0.178 / bright) if MIDDLING[0] < bright < MIDDLING[1] else colour


def dimmed(colour: str, by: float) -> str:
    """With `by` times the light."""
    return _shown(*(channel * by for channel in _linear(colour)))


def off_the_dark(colour: str) -> str:
    """The colour, or with as much white as it takes to be seen on a dark page."""
    bright = luminance(colour)
    if bright >= _OFF_THE_DARK:
        return colour
    white = (_OFF_THE_DARK - bright) / (1 - bright)
    return _shown(*(channel + white * (1 - channel) for channel in _linear(colour)))


def _linear(colour: str) -> list[float]:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def _shown(*linear: float) -> str:
    channels = [c * 12.92 if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in linear]
    return "#" + "".join(f"{round(c * 255):02x}" for c in channels)
