"""A picture that is handed in is made anew: upright, small enough, and nothing but its pixels."""

from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from nextroute.core import pictures
from nextroute.core.errors import Refused
from tests.cast import a_picture

BOXES = ((1600, 1600), (352, 224))
TURNED = 0x0112
GPS = 0x8825


def made(content: bytes) -> pictures.Picture:
    return pictures.made_anew(content, BOXES)[0]


def opened(picture: pictures.Picture) -> Image.Image:
    return Image.open(BytesIO(picture.content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_kind_becomes_a_jpeg_of_its_own_size(kind: str) -> None:
    picture = made(a_picture((300, 200), kind))
    assert (picture.width, picture.height) == opened(picture).size == (300, 200)
    assert opened(picture).format == "JPEG"


@pytest.mark.parametrize(
    ("size", "large", "small"),
    [
        ((3200, 2000), (1600, 1000), (352, 220)),
        ((2000, 4000), (800, 1600), (112, 224)),
        ((352, 224), (352, 224), (352, 224)),
        ((10, 10), (10, 10), (10, 10)),
        ((5000, 1), (1600, 1), (352, 1)),
    ],
)
def test_it_fits_each_box_keeps_its_shape_and_is_never_enlarged(
    size: tuple[int, int], large: tuple[int, int], small: tuple[int, int]
) -> None:
    fitted = pictures.made_anew(a_picture(size), BOXES)
    assert [(picture.width, picture.height) for picture in fitted] == [large, small]
    assert [opened(picture).size for picture in fitted] == [large, small]


def test_where_when_and_with_what_it_was_taken_is_not_kept() -> None:
    notes = Image.Exif()
    notes[0x0110] = "Camera of Ada"
    notes.get_ifd(GPS)[1] = "N"
    content = a_picture(exif=notes, comment=b"Ada's house", icc_profile=b"profile of Ada", dpi=(300, 300))
    assert content.count(b"Ada") == 3
    kept = made(content)
    assert b"Ada" not in kept.content
    assert b"Exif" not in kept.content
    assert not opened(kept).getexif()
    assert {"exif", "comment", "icc_profile", "dpi"} & opened(kept).info.keys() == set()


def test_words_in_a_png_are_not_kept() -> None:
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Author", "Ada")
    assert b"Ada" not in made(a_picture(kind="PNG", pnginfo=words)).content


def test_it_is_turned_as_the_camera_was_held() -> None:
    held = Image.Exif()
    held[TURNED] = 6  # its right side is up
    image = Image.new("RGB", (60, 40), "white")
    ImageDraw.Draw(image).rectangle((0, 0, 59, 19), "black")
    written = BytesIO()
    image.save(written, "JPEG", exif=held)
    upright = opened(made(written.getvalue()))
    assert upright.size == (40, 60)
    left, right = upright.getpixel((5, 30)), upright.getpixel((35, 30))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert (sum(left) > 600, sum(right) < 100) == (True, True), "what was on top is on the right"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_way_to_hold_pixels_is_understood_and_what_is_see_through_is_white(mode: str) -> None:
    written = BytesIO()
    Image.new(mode, (20, 20)).save(written, "PNG")
    pixel = opened(made(written.getvalue())).getpixel((10, 10))
    assert pixel == ((255, 255, 255) if mode in ("LA", "RGBA") else (0, 0, 0))


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO"])
def test_no_other_kind_is_opened(kind: str) -> None:
    with pytest.raises(Refused, match="JPEG, PNG or WebP"):
        made(a_picture((32, 32), kind))


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xd8\xff", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"\0" * 1000]
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match="no picture we can read"):
        made(content)


def test_more_bytes_than_allowed_are_not_even_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "open", None)
    with pytest.raises(Refused, match="15 megabytes"):
        made(bytes(pictures.MOST_BYTES + 1))


@pytest.mark.parametrize("size", [(8000, 5001), (10_000, 10_000), (20_000, 20_000)])
def test_a_small_file_that_unfolds_into_a_huge_picture_is_refused_unread(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = BytesIO()
    Image.new("1", size).save(written, "PNG")
    assert len(written.getvalue()) < 100_000
    monkeypatch.setattr(Image.Image, "draft", None)  # what comes first once it is let in
    with pytest.raises(Refused, match="40 megapixels"):
        made(written.getvalue())


@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.data())
def test_a_damaged_picture_is_refused_or_read_and_never_breaks_anything(kind: str, data: st.DataObject) -> None:
    whole = a_picture((40, 30), kind)
    content = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for at in data.draw(st.lists(st.integers(0, max(0, len(content) - 1)), max_size=8)):
        content[at : at + 1] = data.draw(st.binary(min_size=1, max_size=1))
    with suppress(Refused):
        opened(made(bytes(content))).load()
