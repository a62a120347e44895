"""What machines read of a receipt: the link's QR code, the dossier's code as bars, the signed line and its QR code.

For the paper that the desk prints and the picture that a citizen keeps; `qr` for the screens of counters as well. Pictures
are data: addresses, black on white in the dark as well, or no phone reads them."""

from dataclasses import dataclass

from handlers import code39, context
from miniapp.dossiers.codes import DossierCode

CHECK = "/kiem-tra-giay-hen"
GROUP = 4  # letters of a signature that are typed at a time


@dataclass(frozen=True)
class Codes:
    """Ready for the template. `link` is empty where the link is not the asker's to have, `line` where nothing is signed."""

    code: str
    bars: str
    bars_size: tuple[int, int]
    link: str
    link_picture: str
    line: str
    line_picture: str
    check: str


def codes_of(dossier: DossierCode, line: str, token: str) -> Codes:
    """The codes of a dossier that was received; `line` is its signed one, `token` that of its link, or empty."""
    base = context.services().settings.base_url.rstrip("/")
    link = f"{base}/hs/{token}" if token else ""
    code = str(dossier)
    return Codes(
        code=code,
        bars=code39.picture(code),
        bars_size=code39.size(code),
        link=link,
        link_picture=qr(link) if link else "",
        line=_grouped(line),
        line_picture=qr(line) if line else "",
        check=f"{base}{CHECK}",
    )


def _grouped(line: str) -> str:
    """The line as it is printed: its signature in groups, since blanks are forgiven."""
    if not line:
        return ""
    head, letters, check = line.rsplit("/", 2)
    groups = " ".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))
    return f"{head}/ {groups} /{check}"


def qr(text: str) -> str:
    """A QR code that says `text`, as a picture."""
    import segno

    return str(segno.make(text, error="m", micro=False).svg_data_uri(scale=4, border=4, dark="#000", light="#fff"))
