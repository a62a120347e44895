"""The bare machine that a function runs on: /var/task, /var/runtime and /var/lang read-only, /tmp, and nothing of ours.

For `function.py`. As root on Linux the process gets its own view of the file system, with Lambda's paths, as a user
without rights: nothing but /tmp can be written, and neither this checkout nor a home is there. Elsewhere the task
folder has only lost its permissions to be written (`is_sealed` says which). Not held: memory and CPU, Lambda's kernel, and
the network, which is this machine's, for the local engine is there."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from infra.packaging.targets import Target

# $1 task folder, $2 runtime client, $3 prefix of Python, $4 megabytes of /tmp, $5 chroot; then the command.
ROOM = """
set -e
room=/mnt  # only this process sees what is mounted here
mount -t tmpfs -o mode=755 room "$room"
mkdir -p "$room/usr" "$room/etc" "$room/dev" "$room/proc" "$room/tmp" "$room/var/task" "$room/var/runtime" "$room/var/lang"
for name in bin sbin lib lib64; do [ -L "/$name" ] && ln -s "usr/$name" "$room/$name" || true; done
bound() { mount --bind "$1" "$2"; mount -o remount,bind,ro,nosuid "$2"; }
bound /usr "$room/usr"
bound "$1" "$room/var/task"
bound "$2" "$room/var/runtime"
bound "$3" "$room/var/lang"
mount --bind /proc "$room/proc"
for name in null zero random urandom; do touch "$room/dev/$name"; mount --bind "/dev/$name" "$room/dev/$name"; done
echo '127.0.0.1 localhost' > "$room/etc/hosts"
echo 'sbx_user:x:65534:65534::/tmp:/bin/false' > "$room/etc/passwd"
mount -t tmpfs -o "mode=1777,size=${4}m" tmp "$room/tmp"
mount -o remount,ro "$room"
chroot=$5
shift 5
exec "$chroot" --userspec=65534:65534 "$room" "$@"
"""


@dataclass(frozen=True)
class Room:
    """Where things are for the function, and how its process is begun."""

    task: str
    command: tuple[str, ...]
    environ: Mapping[str, str]
    folder: str | None  # where the process is begun; None: the command goes there itself


@cache
def is_sealed() -> bool:
    """Whether a process can get a file system of its own here."""
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("chroot") is None:
        return False
    probe = ["unshare", "--mount", "--propagation", "private", "sh", "-c", "mount -t tmpfs probe /mnt"]
    return subprocess.run(probe, capture_output=True, check=False, timeout=20).returncode == 0


def room(target: Target, task: Path, runtime: Path, environ: Mapping[str, str], ephemeral: int) -> Room:
    """How to begin the runtime client with this environment and no other variable."""
    if is_sealed():
        bare = _bare(target, "/var/task", "/var/runtime", "/var/lang", environ)
        inside = (f"/var/lang/bin/{target.runtime}", "/var/runtime/start.py")
        begin = ("unshare", "--mount", "--propagation", "private", "sh", "-c", ROOM, "room")
        places = (str(task), str(runtime), str(target.prefix), str(ephemeral), str(shutil.which("chroot")))
        return Room("/var/task", (*begin, *places, *inside), bare, None)
    bare = _bare(target, str(task), str(runtime), str(target.prefix), environ)
    return Room(str(task), (str(target.python), str(runtime / "start.py")), bare, str(task))


def _bare(target: Target, task: str, runtime: str, lang: str, environ: Mapping[str, str]) -> dict[str, str]:
    return {
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PATH": f"{lang}/bin:/usr/local/bin:/usr/bin:/bin",
        "LD_LIBRARY_PATH": f"{lang}/lib:{task}:{task}/lib",
        "PYTHONPATH": runtime,
        "LAMBDA_TASK_ROOT": task,
        "LAMBDA_RUNTIME_DIR": runtime,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{target.runtime}",
        **environ,
    }
