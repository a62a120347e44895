"""Every spelling that the rules and the published files use is read, and the combinations of the rules are there."""

import pytest

from miniapp.core.folding import fold, folded_key
from miniapp.exam_scores.combinations import shipped
from miniapp.exam_scores.subjects import vocabulary

SPELLINGS = {
    "toan": ("Toán", "Toán học"),
    "van": ("Ngữ văn", "Văn", "Ng.văn", "ngu_van"),
    "li": ("Vật lí", "Vật lý", "Lý", "Lí", "vat_li"),
    "hoa": ("Hóa học", "Hoá", "Hoá học", "hoa_hoc"),
    "sinh": ("Sinh học", "Sinh", "sinh_hoc"),
    "su": ("Lịch sử", "Sử", "lich_su"),
    "dia": ("Địa lí", "Địa lý", "Địa", "dia_li"),
    "gdcd": ("Giáo dục công dân", "GDCD"),
    "ktpl": ("Giáo dục kinh tế và pháp luật", "GDKT&PL", "GDKTPL", "KTPL"),
    "tin": ("Tin học", "Tin", "tin_hoc"),
    "cncn": ("Công nghệ – Công nghiệp", "CNCN", "cn_cong_nghiep"),
    "cnnn": ("Công nghệ – Nông nghiệp", "CNNN", "cn_nong_nghiep"),
    "nn": ("Ngoại ngữ", "ngoai_ngu"),
}
LANGUAGES = {"N1": "Anh", "N2": "Nga", "N3": "Pháp", "N4": "Trung", "N5": "Đức", "N6": "Nhật", "N7": "Hàn"}
AGREED = {
    "A00": "toan li hoa",
    "A01": "toan li nn",
    "A02": "toan li sinh",
    "B00": "toan hoa sinh",
    "B08": "toan sinh nn",
    "C00": "van su dia",
    "C01": "van toan li",
    "C02": "van toan hoa",
    "C03": "van toan su",
    "C04": "van toan dia",
    "D01": "toan van nn",
    "D07": "toan hoa nn",
    "D14": "van su nn",
    "D15": "van dia nn",
    "D66": "van ktpl nn",
    "D84": "toan ktpl nn",
}


@pytest.mark.parametrize("code", SPELLINGS)
def test_a_subject_is_known_by_each_of_its_spellings_with_accents_and_without(code: str) -> None:
    for word in SPELLINGS[code]:
        for typed in (word, fold(word), word.upper(), f" {word} "):
            assert vocabulary().subject_words.get(folded_key(typed)) == code, typed
    assert set(SPELLINGS) <= set(vocabulary().subjects)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_is_known_by_its_code_and_its_name(code: str) -> None:
    name = LANGUAGES[code]
    words = {vocabulary().language_words.get(folded_key(typed)) for typed in (code, code.lower(), name, fold(name))}
    assert words == {code}
    assert vocabulary().languages[code].vi == name


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        *(("sbd", "number"), ("Số báo danh", "number"), ("SOBAODANH", "number"), ("ma_ngoai_ngu", "language")),
        *(("cum_thi", "derived"), ("khtn", "derived"), ("KHXH", "derived")),
    ],
)
def test_a_column_beside_the_scores_is_known_for_what_it_is(heading: str, kind: str) -> None:
    assert vocabulary().column_words[folded_key(heading)] == kind


def test_the_agreed_combinations_are_there_and_those_with_a_foreign_language_mean_english() -> None:
    held = {one.code: one for combinations in shipped().values() for one in combinations}

    assert {code: held[code].subjects for code in AGREED} == {
        code: tuple(said.split()) for code, said in AGREED.items()
    }
    assert {code: held[code].language for code in AGREED} == {code: int("nn" in said) for code, said in AGREED.items()}


def test_subjects_of_one_programme_are_in_no_combination_of_the_other() -> None:
    sets = {name: {one.code for one in combinations} for name, combinations in shipped().items()}

    assert sets["2018"] - sets["2006"] == {"D66", "D84"}
    assert sets["2006"] <= sets["2018"] == set(AGREED)
