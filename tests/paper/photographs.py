"""What happens to a printed page on its way through a telephone and a messenger, drawn from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from random import Random

from PIL import Image, ImageChops, ImageFilter

LONG_SIDE = 1_280  # pixels, to which messengers reduce a photograph


@dataclass(frozen=True)
class Taken:
    """How a photograph was taken and sent: degrees, share of the page by which corners stray, pixels of blur."""

    turned: float = 0.0
    strayed: float = 0.0
    blurred: float = 0.0
    dimmed: float = 0.0
    quality: int = 40
    side: int = LONG_SIDE

    @classmethod
    def by(cls, seed: int) -> Taken:
        chance = Random(seed)
        return cls(
            turned=chance.uniform(-5, 5),
            strayed=chance.uniform(0, 0.02),
            blurred=chance.uniform(0, 0.8),
            dimmed=chance.uniform(0, 0.55),
        )


def photograph(page: Image.Image, taken: Taken, seed: int = 0) -> bytes:
    """A JPEG of the page lying on a table."""
    chance = Random(seed)
    grey = page.convert("L")
    table = Image.new("L", (round(grey.width * 1.04), round(grey.height * 1.04)), 90)
    table.paste(grey, ((table.width - grey.width) // 2, (table.height - grey.height) // 2))
    shot = table.rotate(taken.turned, Image.Resampling.BICUBIC, expand=True, fillcolor=90)
    shot = _seen_askew(shot, taken.strayed, chance)
    shot.thumbnail((taken.side, taken.side), Image.Resampling.LANCZOS)
    if taken.blurred:
        shot = shot.filter(ImageFilter.GaussianBlur(taken.blurred))
    shot = _unevenly_lit(shot, taken.dimmed, chance)
    sent = BytesIO()
    shot.save(sent, "JPEG", quality=taken.quality)
    return sent.getvalue()


def _seen_askew(page: Image.Image, strayed: float, chance: Random) -> Image.Image:
    if not strayed:
        return page
    width, height = page.size
    corners = [
        coordinate + chance.uniform(-strayed, strayed) * size
        for corner in ((0, 0), (0, height), (width, height), (width, 0))
        for coordinate, size in zip(corner, (width, height), strict=True)
    ]
    straightened = _perspective(corners, width, height)
    return page.transform(page.size, Image.Transform.PERSPECTIVE, straightened, Image.Resampling.BICUBIC, fillcolor=90)


def _perspective(corners: list[float], width: int, height: int) -> tuple[float, ...]:
    """The coefficients by which Pillow takes the rectangle from these corners of the page."""
    from tinkuy.paper.plane import Plane

    square = ((0.0, 0.0), (0.0, float(height)), (float(width), float(height)), (float(width), 0.0))
    strayed = tuple(zip(corners[::2], corners[1::2], strict=True))
    return Plane.through(list(zip(square, strayed, strict=True))).coefficients


def _unevenly_lit(page: Image.Image, dimmed: float, chance: Random) -> Image.Image:
    """A shadow over one side: the light falls by as much as `dimmed` from one corner to the other."""
    if not dimmed:
        return page
    light = Image.new("L", (2, 2))
    dark = round(255 * (1 - dimmed))
    shades = [255, round((255 + dark) / 2), round((255 + dark) / 2), dark]
    chance.shuffle(shades)
    light.putdata(shades)
    return ImageChops.multiply(page, light.resize(page.size, Image.Resampling.BICUBIC))
