"""The electronic identifier of an agency (mã định danh điện tử): its two shapes. For agencies, which have one, and dossiers,
whose codes begin with it.

`000.17.22.H56` as of QCVN 102:2016, read from right to left; `H56.14` as of QĐ 20/2020/QĐ-TTg, read from left to right."""

import re

IDENTIFIER = re.compile(r"(?:\d{3}\.\d\d\.\d\d\.[HG]\d\d|[A-Z]\d\d(?:\.\d{1,3}){0,3})\Z", re.ASCII)
