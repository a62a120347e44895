"""Tables of dossiers as other systems write them, and a ward that takes them in. For tests of imports."""

from collections.abc import Sequence

from miniapp.dossiers.sheet_import import SheetImports
from tests.support.key_town import KeyTown
from tests.support.nasty import book
from tests.support.procedure_town import WARD

HEADER = "Mã hồ sơ,Mã thủ tục,Người nộp,Số CCCD,Số điện thoại,Ngày tiếp nhận,Ngày hẹn trả,Trạng thái"
RECEIVED, DUE = "19/11/2026 09:00", "25/11/2026 09:00"


def code(place: int) -> str:
    """A code of the ward's old identifier."""
    return f"000.17.22.H56-261119-{place:04}"


def line(place: int = 1, status: object = "Đang xử lý", **more: str) -> str:
    """One row; cells may be named as in `CELLS`."""
    cells = {
        "code": code(place),
        "procedure": "1.001193",
        "name": "Nguyễn Thị Lan",
        "identity": "001099123456",
        "phone": "0912345678",
        "received": RECEIVED,
        "due": DUE,
        "status": str(status),
    }
    return ",".join((cells | more).values())


def table(*lines: str, header: str = HEADER) -> bytes:
    """A plain file."""
    return ("\n".join([header, *lines]) + "\n").encode()


def workbook(rows: Sequence[Sequence[object]], header: str = HEADER) -> bytes:
    """The same as a workbook."""
    return book([list(header.split(",")), *(list(row) for row in rows)])()


class ImportTown(KeyTown):
    """The ward, and what it takes in."""

    officer = "off_desk"

    @property
    def imports(self) -> SheetImports:
        return self.services.sheet_imports

    def taken(self, body: bytes) -> dict[str, int]:
        """A file taken in to its end: what became of its rows."""
        held = self.imports.begin(WARD, body, "hồ sơ.csv", self.officer)
        return self.figures(self.imports.work(WARD, held.id).id)

    def figures(self, id: str) -> dict[str, int]:
        held = self.imports.find(WARD, id)
        return {name: getattr(held, name) for name in ("done", "new", "moved", "unchanged", "refused")}

    def story(self, place: int) -> list[str]:
        """What happened to a dossier."""
        return [one.what.value for one in self.services.dossier_office.story(WARD, code(place))]
