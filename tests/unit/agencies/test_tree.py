"""The seed: real units against two packages and real data, and the tree that is made of them."""

import csv
import io
import json
import lzma
import unicodedata
from collections import Counter

from infra.seed import build_units
from infra.seed.tree import provinces, tree, units
from miniapp.agencies.model import Kind
from miniapp.core.folding import fold
from tests.support.real_data import real

ANOTHER_CODE = ("06970", "06978")  # Ba Chẽ: the package and one list, and the other list


def full_names(rows: list[list[str]]) -> dict[str, str]:
    words = {kind: title for title, kind in build_units.TYPES.items()}
    return {code: fold(f"{words[kind]} {name}") for code, kind, name, _ in rows}


def table(name: str) -> list[dict[str, str]]:
    text = lzma.decompress(real(f"admin_units/{name}").read_bytes()).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_committed_units_are_what_the_package_gives():
    assert units() == json.loads(json.dumps(build_units.build()))


def test_there_are_34_provinces_and_3321_communes_and_63_before():
    held = units()
    counts = {name: len(held[name]) for name in held if name != "notice"}
    assert counts == {
        "provinces": 34,
        "communes": 3321,
        "old_provinces": 63,
        "old_districts": 696,
        "old_communes": 10035,
        "old_islands": 5,
    }


def test_every_code_and_name_is_the_one_of_the_real_list():
    rows = table("2025_34_provinces_3321_wards_with_location.csv.xz")
    ours = full_names(units()["communes"])
    theirs = {row["wardCode"].zfill(5): fold(" ".join(row["ward"].split())) for row in rows}
    assert ours == theirs
    assert set(provinces()) == {row["provinceCode"].zfill(2) for row in rows}


def test_the_second_real_list_agrees_but_for_one_code_and_a_later_change_of_kind():
    body = real("admin_units/thanglequoc_34_provinces_simplified_2026-07-25.json.xz").read_bytes()
    theirs = {
        unit["Code"]: fold(unit["FullName"]) for part in json.loads(lzma.decompress(body)) for unit in part["Wards"]
    }
    ours = full_names(units()["communes"])
    assert (set(ours) - set(theirs), set(theirs) - set(ours)) == ({ANOTHER_CODE[0]}, {ANOTHER_CODE[1]})
    other = {code for code in set(ours) & set(theirs) if ours[code] != theirs[code]}
    in_dong_nai = {code for code, _, _, province in units()["communes"] if province == "75"}
    turned = {code for code in other if ours[code].replace("xa ", "phuong ", 1) == theirs[code]}
    assert turned <= in_dong_nai
    assert len(turned) == 10  # communes of Đồng Nai that became wards on 30/04/2026, after the package's release
    assert all(_same_but_marks(ours[code], theirs[code]) for code in other - turned)


def _same_but_marks(one: str, other: str) -> bool:
    letters = [Counter(c for c in name if c.isalnum()) for name in (one, other)]
    return sum(((letters[0] - letters[1]) + (letters[1] - letters[0])).values()) <= 1  # `i` for `y` and the like


def test_the_other_package_knows_the_same_names_in_the_same_provinces():
    from vietnam_provinces import Ward

    theirs = Counter((f"{int(ward.province_code):02d}", _loose(ward.name)) for ward in Ward.iter_all())
    words = {kind: title for title, kind in build_units.TYPES.items()}
    ours = Counter((province, _loose(f"{words[kind]} {name}")) for _, kind, name, province in units()["communes"])
    assert sum(((ours - theirs) + (theirs - ours)).values()) <= 10


def _loose(name: str) -> str:
    return "".join(c for c in fold(name).replace("y", "i") if c.isalnum())


def test_what_became_of_old_communes_is_what_the_real_table_says():
    rows = table("convert_old_ward_to_2025_ward.csv.xz")
    theirs: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        if row["ward"]:
            key = (row["districtCode"].zfill(3), fold(" ".join(row["ward"].split())))
            theirs.setdefault(key, set()).add(row["newWardCode"].zfill(5))
    ours: dict[tuple[str, str], set[str]] = {}
    words = {kind: title for title, kind in build_units.TYPES.items()}
    for kind, name, district, targets, _ in units()["old_communes"]:
        ours.setdefault((district, fold(f"{words[kind]} {name}")), set()).update(targets)
    same = sum(ours[key] == theirs.get(key) for key in ours)
    assert same / len(ours) >= 0.99


def test_the_63_provinces_are_closed_and_lead_to_today():
    by_id = {agency.id: agency for agency in tree()}
    gone = [agency for agency in tree() if agency.kind is Kind.PROVINCE and agency.successors]
    assert len(gone) == 63
    assert {agency.valid_to for agency in gone} == {"2025-06-30"}
    for agency in gone:
        (successor,) = agency.successors
        assert by_id[successor].kind is Kind.PROVINCE
        assert not by_id[successor].successors
    assert by_id["ubnd-tinh-phu-yen"].successors == ("ubnd-tinh-dak-lak",)


def test_there_are_enough_agencies_and_each_stands_alone_below_one_that_is_there():
    agencies = tree()
    ids = [agency.id for agency in agencies]
    assert len(agencies) >= 15_000
    assert len(set(ids)) == len(ids)
    assert {agency.parent for agency in agencies} - {""} <= set(ids)


def test_real_units_carry_their_code_and_its_first_day():
    today = [agency for agency in tree() if agency.kind is Kind.COMMUNE]
    assert {agency.code for agency in today} == {row[0] for row in units()["communes"]}
    assert {agency.valid_from for agency in today} == {"2025-07-01"}


def test_names_are_composed_unicode_without_double_blanks():
    for agency in tree():
        assert unicodedata.is_normalized("NFC", agency.name)
        assert "  " not in agency.name


def test_the_demo_department_opens_exam_scores_and_its_predecessor_leads_to_it():
    by_id = {agency.id: agency for agency in tree()}
    assert by_id["so-gddt-dak-lak"].services == {"exam_scores"}
    assert by_id["so-gddt-phu-yen"].successors == ("so-gddt-dak-lak",)
