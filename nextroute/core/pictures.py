"""Pictures that people hand in: opened with suspicion and made anew, so that nothing but their pixels is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from nextroute.core.errors import Refused

KINDS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 15_000_000
MOST_PIXELS = 40_000_000
CONTENT_TYPE = "image/jpeg"
QUALITY = 82


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG without a word about where, when or with what it was taken. Sizes in pixels."""

    content: bytes
    width: int
    height: int


def made_anew(content: bytes, boxes: Sequence[tuple[int, int]]) -> list[Picture]:
    """The picture in `content` (JPEG, PNG or WebP), upright, once for each box (width, height) that it has to fit.

    The largest box comes first; a picture is never enlarged. Raises Refused when it is no such picture, or has more
    than MOST_BYTES or MOST_PIXELS. Takes long beside a statement: call it before a lock, not under one.
    """
    if len(content) > MOST_BYTES:
        raise Refused(_("This picture is too large. Choose one of at most 15 megabytes."), field="content")
    image = _upright(content, max(boxes[0]))
    return [_fitted(image, box) for box in boxes]


def _upright(content: bytes, side: int) -> Image.Image:
    """Its pixels, turned as the camera was held. A JPEG is read smaller where `side` pixels each way are left."""
    try:
        image = Image.open(BytesIO(content), formats=KINDS)
        if image.width * image.height <= MOST_PIXELS:
            image.draft("RGB", (side, side))
            ImageOps.exif_transpose(image, in_place=True)
            mode = "RGBA" if image.has_transparency_data else "RGB"
            return image if image.mode == mode else image.convert(mode)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        pass
    except Exception as fault:  # a decoder may stumble in any way over a file that is made for it to stumble
        raise Refused(_("This is no picture we can read. Choose a JPEG, PNG or WebP."), field="content") from fault
    raise Refused(_("This picture has too many dots. Choose one of at most 40 megapixels."), field="content")


def _fitted(image: Image.Image, box: tuple[int, int]) -> Picture:
    """Shrinks `image` itself, so that a large one is not held twice."""
    image.thumbnail(box, Image.Resampling.LANCZOS)
    # Onto new paper: what was see-through becomes white, and what else a file says beside its pixels stays behind.
    fresh = Image.new("RGB", image.size, "white")
    fresh.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    written = BytesIO()
    fresh.save(written, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Picture(written.getvalue(), *fresh.size)
