"""Zappa's own zip of the project and its packages. For the packaging, as a process of its own in the project's folder.

`python -m infra.packaging.stock VENV RUNTIME OUT`. Zappa packs the folder that it stands in; it knows which files of a
virtual environment never go to Lambda. Nothing is fetched here: the packages are there already, for the right platform."""

import sys
from pathlib import Path

from zappa.core import Zappa


def packed(venv: Path, runtime: str, out: str) -> str:
    """Zappa's zip of the current folder and of `venv`."""
    zappa = Zappa(load_credentials=False, aws_region="ap-southeast-1", runtime=runtime)
    made: str = zappa.create_lambda_zip(venv=venv, output=out, use_precompiled_packages=False, disable_progress=True)
    return made


if __name__ == "__main__":
    print(packed(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
