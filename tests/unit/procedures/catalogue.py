"""A small catalogue of our own words for the tests of the search."""

from miniapp.procedures.entry import Entry
from miniapp.procedures.levels import Level

COMMUNE = (Level.COMMUNE,)


def entry(code: str, name: str, *, papers: str = "", level: Level = Level.COMMUNE, field: str = "Hộ tịch") -> Entry:
    return Entry(code, name, field=field, levels=(level,), for_citizens=True, papers=papers)


ENTRIES = [
    entry("1.000001", "Đăng ký khai sinh", papers="Giấy chứng sinh do cơ sở y tế cấp"),
    entry("1.000002", "Đăng ký khai sinh có yếu tố nước ngoài"),
    entry("1.000003", "Đăng ký khai sinh lưu động"),
    entry("1.000004", "Đăng ký lại khai sinh"),
    entry("1.000005", "Đăng ký khai tử", papers="Giấy báo tử hoặc giấy tờ thay giấy báo tử"),
    entry("1.000006", "Đăng ký kết hôn"),
    entry("1.000007", "Đăng ký kết hôn có yếu tố nước ngoài"),
    entry("1.000008", "Cấp bản sao Trích lục hộ tịch, bản sao Giấy khai sinh"),
    entry("1.000009", "Cấp thẻ căn cước", field="Căn cước"),
    entry("1.000010", "Cấp lại thẻ căn cước", field="Căn cước"),
    entry("1.000011", "Đăng ký tạm trú", field="Cư trú"),
    entry("1.000012", "Cấp lại giấy phép lái xe", field="Đường bộ", level=Level.PROVINCE),
    entry("1.000013", "Giải quyết hưởng chế độ TNLĐ, BNN", field="Bảo hiểm xã hội"),
    entry("1.000014", "Đăng ký thành lập hộ kinh doanh", field="Hộ kinh doanh"),
    entry("1.000015", "Cấp giấy phép xây dựng", field="Xây dựng"),
    entry("1.000016", "Gia hạn giấy phép xây dựng", field="Xây dựng"),
    entry("1.000017", "Chứng thực chữ ký trong các giấy tờ, văn bản", field="Chứng thực"),
    entry("1.000018", "Chứng thực di chúc", field="Chứng thực"),
    entry("1.000019", "Hòa giải tranh chấp đất đai", field="Đất đai"),
    entry("1.000020", "Cấp phiếu lý lịch tư pháp", field="Lý lịch tư pháp"),
]
