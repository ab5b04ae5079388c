"""Codes in a photograph: finding them, however the picture was taken and sent on.

Guarantees that a file is measured before it is unpacked, that the picture's own orientation is heeded, and that the
number of attempts is bounded: as it is, then larger, sharper, and with its uneven light taken out.

Codes are read by zxing-cpp (ISO/IEC 18004); pictures are JPEG, PNG or WebP, the first frame of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO

import zxingcpp
from PIL import Image, ImageChops, ImageFilter, ImageOps

from tinkuy.paper.errors import Unreadable
from tinkuy.words import say

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_FILE = 64 * 1024 * 1024
MAX_PIXELS = 64_000_000  # a telephone takes 12 to 50 million
LONGEST = 4_000  # pixels of the longer side that are looked at
SMALL = 2_400  # a picture with a longer side below this is also tried enlarged

QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Found:
    """A code: its text, and its corners in pixels from its own top left clockwise, however the picture is turned."""

    text: str
    corners: tuple[Point, Point, Point, Point]


def opened(data: bytes) -> Image.Image:
    """The picture in a file, in shades of grey and upright.

    Raises `Unreadable` when it is no picture, is damaged, or has more pixels than are looked at.
    """
    if len(data) > MAX_FILE:
        raise Unreadable(say("the file is larger than {most} bytes", most=MAX_FILE))
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:
                raise Unreadable(
                    say(
                        "the picture has {count} pixels; at most {most} are read", count=width * height, most=MAX_PIXELS
                    )
                )
            picture.draft("L", (LONGEST, LONGEST))
            upright = ImageOps.exif_transpose(picture)
            grey = _opaque(upright).convert("L")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        raise Unreadable(say("this is not a whole picture in JPEG, PNG or WebP")) from None
    grey.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    return grey


def codes(picture: Image.Image, enough: Callable[[Iterable[str]], bool]) -> list[Found]:
    """The QR codes in a picture; tried in ever other ways until the texts are `enough` or the ways are used up."""
    found: dict[str, Found] = {}
    for attempt, scale in _attempts(picture):
        for code in zxingcpp.read_barcodes(attempt, formats=QR, try_invert=False):
            at = code.position
            corners = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
            placed = [((corner.x + 0.5) / scale, (corner.y + 0.5) / scale) for corner in corners]
            found.setdefault(code.text, Found(code.text, (placed[0], placed[1], placed[2], placed[3])))
        if enough(found):
            break
    return list(found.values())


def _opaque(picture: Image.Image) -> Image.Image:
    """The picture on white, where it has transparent places."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture
    layered = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layered.size, "white"), layered)


def _attempts(picture: Image.Image) -> Iterator[tuple[Image.Image, float]]:
    """The picture and what is made of it, each with its scale."""
    yield picture, 1.0
    even = _evenly_lit(picture)
    yield even, 1.0
    scales = (2.0, 1.5) if max(picture.size) < SMALL else (0.75, 0.5)
    for scale in scales:
        size = (round(picture.width * scale), round(picture.height * scale))
        for shown in (picture, even):
            resized = shown.resize(size, Image.Resampling.BICUBIC)
            yield resized, scale
            yield resized.filter(ImageFilter.UnsharpMask(radius=1.5 * scale, percent=150, threshold=0)), scale


def _evenly_lit(picture: Image.Image) -> Image.Image:
    """The picture divided by its own light: paper becomes white also in a shadow."""
    small = picture.resize((max(1, picture.width // 8), max(1, picture.height // 8)), Image.Resampling.BOX)
    light = small.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.GaussianBlur(6))
    light = light.resize(picture.size, Image.Resampling.BICUBIC)
    shadow = ImageChops.subtract(light, picture)  # 0 on paper, dark ink is bright here
    return ImageOps.autocontrast(ImageOps.invert(shadow), cutoff=(1, 0))
