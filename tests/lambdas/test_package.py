"""The zip for Lambda, opened: what is in it, what is not, and that its bytecode is believed where nothing can be written."""

import hashlib
import json
import re
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.session import get_session

from infra.packaging import botocore_data, building, choosing, wheels, zipping
from infra.packaging.targets import Target

MOST = 25_000_000
UNPACKED_MOST = 250_000_000
# Nothing of these, whole or in part; the reason is the same for all: they do not run there.
FORBIDDEN_FOLDERS = {
    "pip",
    "setuptools",
    "wheel",
    "pkg_resources",
    "troposphere",
    "zappa",
    "boto3",
    "s3transfer",
    "tqdm",
}
FORBIDDEN_FOLDERS |= {"tests", "infra", "node_modules", ".git", ".data", ".cache", "vietnam_provinces", "ministack"}
FORBIDDEN_ENDS = (
    ".pem.key",
    ".key",
    ".env",
    ".sqlite",
    ".db",
    ".csv",
    ".xlsx",
    ".zip",
    ".git",
    ".pyi",
    ".whl",
    ".lock",
)
SECRETS = re.compile(
    rb"(?<![A-Za-z0-9+/])AKIA[0-9A-Z]{16}(?![A-Za-z0-9+/])|-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----\s[A-Za-z0-9+/]{20}"
    rb"|xox[bap]-[0-9]|ghp_[0-9A-Za-z]{30}"
)
GLIBC_OF_LAMBDA = 34


@pytest.fixture(scope="module")
def archive(package: building.Package) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(package.path) as opened:
        yield opened


@pytest.fixture(scope="module")
def names(archive: zipfile.ZipFile) -> list[str]:
    return archive.namelist()


def test_it_is_small_enough_and_smaller_than_zappas_own(package: building.Package, archive: zipfile.ZipFile) -> None:
    assert package.size <= MOST
    assert package.size < package.stock
    assert sum(entry.file_size for entry in archive.infolist()) <= UNPACKED_MOST


def test_every_entry_stands_there_once_in_order_with_one_date_and_one_mode(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    assert len(set(names)) == len(names)
    assert names == sorted(names, key=lambda name: Path(name).parts)
    assert {(entry.date_time, entry.external_attr, entry.create_system) for entry in entries} == {
        (zipping.DATE, zipping.MODE, zipping.UNIX)
    }
    assert not [name for name in names if name.startswith("/") or ".." in Path(name).parts]


def test_everything_that_runs_is_there(archive: zipfile.ZipFile, names: list[str]) -> None:
    ours = {
        path.relative_to(building.ROOT).as_posix()
        for folder in choosing.PROJECT
        for path in (building.ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".md"
    }
    assert ours <= set(names)
    assert archive.read("handlers/lambdas/web.py") == (building.ROOT / "handlers/lambdas/web.py").read_bytes()


def test_nothing_is_there_that_does_not_run(names: list[str]) -> None:
    wrong = [
        name
        for name in names
        if FORBIDDEN_FOLDERS & set(Path(name).parts)
        or name.endswith(FORBIDDEN_ENDS)
        or name.split("/")[0].split("-")[0].lower() in FORBIDDEN_FOLDERS
    ]
    assert wrong == []
    assert "package_info.json" not in names  # Zappa's note of who packed when


def test_nothing_is_there_that_nobody_named(names: list[str], target: Target) -> None:
    site = next(wheels.site(target, building.CACHE).glob("lib/*/site-packages"))
    known = choosing.recorded(site)
    strange = [
        name
        for name in names
        if name.split("/")[0] not in choosing.PROJECT and "__pycache__" not in name and not {name, f"{name}.gz"} & known
    ]
    assert strange == []


def test_no_file_holds_a_secret(archive: zipfile.ZipFile, names: list[str]) -> None:
    held = [name for name in names if not name.endswith(".so") and SECRETS.search(archive.read(name))]
    assert held == []


def test_every_module_has_bytecode_that_is_always_believed(
    archive: zipfile.ZipFile, names: list[str], target: Target
) -> None:
    tag = f"cpython-{target.version.replace('.', '')}"
    sources = {name for name in names if name.endswith(".py")}
    compiled = {name for name in names if name.endswith(".pyc")}
    expected = {f"{Path(name).parent}/__pycache__/{Path(name).stem}.{tag}.pyc".removeprefix("./") for name in sources}
    assert compiled == expected
    command = [str(target.python), "-c", "import importlib.util; print(importlib.util.MAGIC_NUMBER.hex())"]
    magic = bytes.fromhex(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    for name in compiled:
        head = archive.read(name)[:8]
        assert head[:4] == magic, name
        assert int.from_bytes(head[4:], "little") == 1, f"{name}: hash-based and unchecked"  # PEP 552


def test_every_template_has_code_in_both_languages_so_that_no_start_compiles_one(names: list[str]) -> None:
    texts = [name for name in names if name.startswith("templates/") and name.endswith((".html", ".txt"))]
    code = [name for name in names if name.startswith("templates/compiled/")]
    assert texts
    assert len(code) == 2 * len(texts)


def test_bytecode_is_used_in_a_read_only_folder_even_when_the_source_says_otherwise(task: Path, target: Target) -> None:
    """Python is asked what it read: no source is opened for a module of ours or of the packages."""
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); opened = []\n"
        "sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == 'open' else None)\n"
        "import handlers.app, openpyxl, cryptography.fernet\n"
        "print(sum(name.startswith(sys.argv[1]) and name.endswith('.pyc') for name in opened))\n"
        "print([name for name in opened if name.startswith(sys.argv[1]) and name.endswith('.py')])\n"
    )
    command = [str(target.python), "-I", "-c", program, str(task)]
    made = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    count, sources = made.stdout.splitlines()
    assert int(count) > 300
    assert sources == "[]"


def test_every_kind_of_picture_that_is_taken_is_read_by_what_is_packed(task: Path, target: Target) -> None:
    program = (
        "import io, sys; sys.path.insert(0, sys.argv[1])\n"
        "from PIL import Image\n"
        "from miniapp.agencies.pictures import KINDS, SIDE, badge\n"
        "for kind in KINDS:\n"
        "    made = io.BytesIO(); Image.new('RGB', (400, 300), 'red').save(made, kind)\n"
        "    print(kind, Image.open(io.BytesIO(badge(made.getvalue()))).size == (SIDE, SIDE))\n"
    )
    command = [str(target.python), "-I", "-c", program, str(task)]
    made = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert made.stdout.splitlines() == ["PNG True", "JPEG True", "WEBP True"], made.stderr


HEAVY = {"boto3", "s3transfer", "zappa", "openpyxl", "xlsxwriter", "PIL", "defusedxml", "tqdm", "pydantic", "wtforms"}
ROLES_IMPORTS = [
    (
        "public",
        {"handlers.citizen", "handlers.api"},
        {"handlers.console", "handlers.demo", "handlers.commands.groups", "argon2"},
    ),
    (
        "console",
        {"handlers.console", "handlers.api.dossiers"},  # an agency's own systems come by the officers' door
        {
            "handlers.citizen",
            "handlers.api.exam",
            "handlers.api.procedure",
            "handlers.demo",
            "handlers.commands.groups",
        },
    ),
    ("hooks", set(), {"handlers.console", "handlers.citizen", "handlers.api", "handlers.demo", "argon2"}),
]


@pytest.mark.parametrize(("role", "needed", "others"), ROLES_IMPORTS)
def test_a_function_imports_what_its_role_needs_and_nothing_heavy(
    task: Path, target: Target, role: str, needed: set[str], others: set[str]
) -> None:
    program = "import sys; sys.path.insert(0, sys.argv[1]); import handlers.lambdas.web; print(*sys.modules)"
    environ = {
        "MOTCUA_STAGE": "test",
        "MOTCUA_BASE_URL": "https://example.gov.vn",
        "MOTCUA_SESSION_KEY": "0" * 64,
        "MOTCUA_FACTOR_KEYS": "v1:" + "1" * 64,
        "MOTCUA_AWS_ENDPOINT": "http://127.0.0.1:9",
        "MOTCUA_ATTEMPTS": "1",
        "MOTCUA_ROLE": role,
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "y",
    }
    command = [str(target.python), "-I", "-c", program, str(task)]
    made = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environ, check=False)
    modules = set(made.stdout.split())
    assert made.returncode == 0, made.stderr[-1000:]
    assert needed <= modules
    assert not {name for name in modules if name.startswith(tuple(others | HEAVY))}


def test_binaries_run_on_lambdas_own_image(archive: zipfile.ZipFile, names: list[str], target: Target) -> None:
    binaries = [name for name in names if name.endswith(".so") or ".so." in name]
    assert binaries
    for name in binaries:
        body = archive.read(name)
        assert body[:5] == b"\x7fELF\x02", name
        assert body[18] == 62, f"{name} is not for x86_64"
        newest = max((int(found) for found in re.findall(rb"GLIBC_2\.(\d+)", body)), default=0)
        assert newest <= GLIBC_OF_LAMBDA, name
        if ".cpython-" in name:
            assert f".cpython-{target.version.replace('.', '')}-" in name


def test_of_botocores_data_only_what_the_code_calls_is_there(names: list[str]) -> None:
    data = [Path(name).parts[2:] for name in names if name.startswith("botocore/data/")]
    assert {parts[0] for parts in data if len(parts) == 3} == botocore_data.services() >= {"dynamodb", "s3", "sqs"}
    assert {parts[0] for parts in data if len(parts) == 1} == set(choosing.botocore_data.FOR_ALL)
    assert len({parts[:2] for parts in data if len(parts) == 3}) == len(botocore_data.services()), "one version each"


def test_the_cut_data_means_the_same(task: Path) -> None:
    """A client made from it has the same operations, shapes, paginators and address as one made from all of it."""
    whole, cut = get_session(), get_session()
    cut.get_component("data_loader").search_paths[:] = [str(task / "botocore" / "data")]
    for service in sorted(botocore_data.services()):
        wanted, found = (
            session.create_client(service, "ap-southeast-1", aws_access_key_id="x", aws_secret_access_key="y")
            for session in (whole, cut)
        )
        assert found.meta.endpoint_url == wanted.meta.endpoint_url
        assert found.meta.service_model.operation_names == wanted.meta.service_model.operation_names
        assert called(found) == called(wanted)
        for name in wanted.meta.service_model.operation_names:
            ours, theirs = (client.meta.service_model.operation_model(name) for client in (found, wanted))
            assert (ours.http, ours.input_shape and list(ours.input_shape.members)) == (
                theirs.http,
                theirs.input_shape and list(theirs.input_shape.members),
            )
            assert found.can_paginate(xform_name(name)) == wanted.can_paginate(xform_name(name))


class Sent(Exception):
    """As far as a call goes here."""


def called(client: Any) -> list[str]:
    """Where one call of each service would go and with what, without sending it."""
    given = {
        "s3": ("get_object", {"Bucket": "production-packs", "Key": "k"}),
        "sqs": ("send_message", {"QueueUrl": "https://sqs.ap-southeast-1.amazonaws.com/1/q", "MessageBody": "x"}),
        "dynamodb": ("get_item", {"TableName": "production-once", "Key": {"pk": {"S": "x"}}}),
    }
    if client.meta.service_model.service_name not in given:
        return [client.meta.endpoint_url]
    verb, arguments = given[client.meta.service_model.service_name]
    seen: list[str] = []

    def hear(request: Any, **_: Any) -> None:
        seen.extend([request.method, request.url, str(request.body)])
        raise Sent

    client.meta.events.register("before-send", hear)
    with pytest.raises(Sent):
        getattr(client, verb)(**arguments)
    return seen


def test_botocores_data_has_no_prose() -> None:
    model = {
        "operations": {"Get": {"documentation": "<p>long</p>", "name": "Get"}},
        "shapes": {"documentation": {"type": "x"}},
    }
    _, body = botocore_data.cut("botocore/data/x/1/service-2.json", json.dumps(model).encode(), frozenset({"x"}))
    assert json.loads(body) == {"operations": {"Get": {"name": "Get"}}, "shapes": {"documentation": {"type": "x"}}}


def test_the_lock_is_of_these_requirements_with_a_hash_for_every_line() -> None:
    lock = wheels.LOCK.read_text("utf-8")
    pinned = set(re.findall(r"^([a-z0-9.-]+==\S+) \\$", lock, re.MULTILINE))
    assert {line.lower() for line in wheels.wanted()} <= pinned
    assert not {name.partition("==")[0] for name in pinned} & set(wheels.LEFT_OUT)
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", lock)) >= len(pinned)


def test_the_same_files_give_the_same_bytes(tmp_path: Path, target: Target) -> None:
    """The cheap half: compiling and zipping, in another folder, later, with other dates. The sweep makes all twice."""
    for run in ("one", "two"):
        folder = tmp_path / run / "task"
        for name in ("handlers/lambdas/gateway.py", "handlers/app.py", "miniapp/core/tables.py"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((building.ROOT / name).read_bytes())
        building.compile_all(target, folder)
        zipping.zipped(folder, tmp_path / f"{run}.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


@pytest.mark.sweep
def test_two_builds_of_one_commit_are_the_same_bytes(tmp_path: Path, target: Target, package: building.Package) -> None:
    again = tmp_path / "again.zip"
    building.build(target, again)
    assert differing(again, package.path) == []
    assert hashlib.sha256(again.read_bytes()).hexdigest() == hashlib.sha256(package.path.read_bytes()).hexdigest()


def differing(one: Path, two: Path) -> list[str]:
    """The first files that two zips do not share: bytes that differ would be told apart letter by letter for hours."""
    with zipfile.ZipFile(one) as left, zipfile.ZipFile(two) as right:
        held, other = ({entry.filename: entry.CRC for entry in zipped.infolist()} for zipped in (left, right))
    return sorted(name for name in held.keys() | other.keys() if held.get(name) != other.get(name))[:20]


@pytest.mark.sweep
@pytest.mark.parametrize("version", ["3.12", "3.11"])
def test_it_builds_for_the_older_pythons_of_lambda_too(tmp_path: Path, version: str) -> None:
    from infra.packaging.targets import NoInterpreter, find

    try:
        older = find((version,))
    except NoInterpreter:
        pytest.skip(f"no Python {version} runs here")
    building.build(older, tmp_path / "older.zip")
    assert (tmp_path / "older.zip").stat().st_size <= MOST
    with zipfile.ZipFile(tmp_path / "older.zip") as made:
        made.extractall(tmp_path / "task")
    program = "import sys; sys.path.insert(0, sys.argv[1]); import handlers.app, handlers.lambdas.workers"
    subprocess.run([str(older.python), "-I", "-c", program, str(tmp_path / "task")], check=True, timeout=60)
