"""Imports of our own modules stand at the top: a late one hides a circle (the first of the refusals of house.md)."""

import ast

from tests.support.code import files, functions, name, parsed

OURS = ("miniapp", "handlers", "infra", "tests")
LATE = {
    ("handlers/routes.py", "_console"): "a function for citizens does not pay for the desk",
    ("handlers/routes.py", "_catalogue_desk"): "nor for the catalogue's",
    ("handlers/routes.py", "_dossier_desk"): "nor for that of dossiers",
    ("handlers/routes.py", "_rating_desk"): "nor for that of ratings",
    ("handlers/routes.py", "_public"): "a function for the desk does not pay for citizens' pages",
    ("handlers/routes.py", "_simulated"): "the simulator's pages are imported only where it is the configured chat",
    ("handlers/console/links.py", "_password_page"): "passwords bring argon2, which citizens' pages must not pay for",
    ("handlers/commands/__init__.py", "install"): "commands need what a web process should not pay for",
    ("handlers/commands/agencies.py", "seed"): "the package for Lambda does not carry the seed",
    ("handlers/ground.py", "anchors"): "a worker's: a start for citizens does not pay for it",
    ("handlers/ground.py", "crests"): "the desk's and a worker's",
    ("handlers/ground_files.py", "exports"): "the desk's",
    ("handlers/ground_files.py", "export_writing"): "the clock's",
    ("handlers/ground_files.py", "usage_rolling"): "the clock's",
    ("handlers/ground_files.py", "usage"): "the desk's and the clock's",
    ("handlers/wiring.py", "dossier_keeping"): "the same: who keeps a dossier pays for it",
    ("handlers/wiring.py", "dossier_openings"): "and who sees who opened it",
    ("handlers/citizen/dossier_picture.py", "show"): "who keeps a receipt pays for what dossiers are, once",
    **{
        ("handlers/public_figures.py", service): "a start for citizens does not pay for figures"
        for service in ("publish_quality", "quality", "quality_gathering")
    },
    **{
        ("handlers/citizen/quality.py", function): "who reads figures pays for what makes them, once"
        for function in ("file", "_shown", "_in_time", "_interval")
    },
    ("handlers/citizen/receipts.py", "told"): "who checks a paper pays for what dossiers are, once",
    **{
        ("handlers/exam_rooms.py", service): "officers' and workers' services, as those of the wiring"
        for service in ("arriving", "exam_office", "exam_reports", "importing", "ruling")
    },
    ("handlers/wiring.py", "batches"): "the desk's and a worker's",
    ("handlers/wiring.py", "dossier_lines"): "the desk's, a worker's and the clock's",
    ("handlers/wiring.py", "following"): "a slip's start does not pay for dossiers; who follows one does, once",
    **{
        ("handlers/wiring.py", service): "workers' and officers' services: a start for citizens does not pay for them"
        for service in (
            "_invited",
            "ballots",
            "bringing",
            "casting",
            "dossier_office",
            "dossier_sweeping",
            "dossier_telling",
            "reopenings",
            "reopening_news",
            "doubting",
            "erasing",
            "procedure_desk",
            "procedure_office",
            "rating_comments",
            "rating_counters",
            "rating_counts",
            "rating_figures",
            "rating_reviewing",
            "rolling_up",
            "rounds",
            "shared_addresses",
            "sheet_imports",
            "synonyms",
        )
    },
    **{
        (
            "handlers/chat_floor.py",
            service,
        ): "workers' and officers': what a page asks of the chat is imported at its start"
        for service in ("outbox", "tokens", "zalo_oauth")
    },
    ("infra/local/engine.py", "main"): "only the engine's own process loads ministack",
    ("infra/local/serving.py", "_serve_alone"): "ministack is imported once its environment is set",
}


def late_imports() -> set[tuple[str, str]]:
    found = set()
    for path in files():
        for function in functions(parsed(path)):
            for node in ast.walk(function):
                modules = (
                    [node.module or ""]
                    if isinstance(node, ast.ImportFrom)
                    else [alias.name for alias in node.names]
                    if isinstance(node, ast.Import)
                    else []
                )
                if any(module.split(".")[0] in OURS for module in modules):
                    found.add((name(path), function.name))
    return found


def test_our_own_modules_are_imported_at_the_top():
    assert late_imports() - set(LATE) == set()


def test_every_late_import_that_is_allowed_is_still_there():
    assert set(LATE) - late_imports() == set()


def test_no_module_is_called_by_what_it_is_not():
    vague = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "tools"}
    assert [name(path) for path in files() if path.stem in vague or path.parent.name in vague] == []


def test_every_module_says_what_it_is():
    import_only = {path for path in files() if path.name == "__init__.py" and not path.read_text("utf-8").strip()}
    silent = [name(path) for path in files() if path not in import_only and not ast.get_docstring(parsed(path))]
    assert silent == []
