"""Faults of the disk, injected by strace into the system calls of a real server.

The log writer's calls, found with strace: a frame is one pwrite64 into the active segment's file,
opened O_DIRECT|O_DSYNC; where the file system refuses O_DIRECT it is a pwrite64 and an fdatasync.
strace counts a call for each thread by itself. The thread that starts the server writes once to
the segment (its header, or the last frame once more), so from the second call on the K-th is the
K-th frame of the log's own thread.
"""
import shutil
import subprocess

from cases import Skipped


def need_strace():
    if shutil.which("strace") is None:
        raise Skipped("strace is not installed")
    tried = subprocess.run(["strace", "-qq", "-e", "trace=none", "true"], capture_output=True,
                           text=True, check=False)
    if tried.returncode != 0:
        raise Skipped("strace may not trace here: " + tried.stderr.strip()[:200])


def segment(server, number=0):
    return server.data / "ledger" / f"{number:010}.seg"


SEGMENTS = 4  # that a load fills at most; the first alone is full after some fifty writes


def inject(server, call, what, when):
    """A command prefix: the call number `when` on the segments' files goes wrong as `what` says."""
    paths = [word for number in range(SEGMENTS) for word in ("-P", str(segment(server, number)))]
    return ["strace", "-f", "-qq", "-o", str(server.folder / "strace.txt"), *paths,
            "-e", f"trace={call}", "-e", f"inject={call}:{what}:when={when}"]


def without_direct(command, server):
    """The same on a disk that refuses O_DIRECT: the probe for it fails, the fourth file that the
    starting thread opens in the ledger's directory (behind the directory, the word of the writer
    and the directory again). As strace takes
    one set of paths for all calls, the fourth file that the preparing thread opens fails too:
    that is a prepared segment which has its name already."""
    ledger = str(server.data / "ledger")
    position = command.index("-e")
    return [*command[:position], "-P", ledger,
            *command[position:position + 1], command[position + 1] + ",openat",
            *command[position + 2:], "-e", "inject=openat:error=EINVAL:when=4"]


def injected(server):
    """How often the fault was done."""
    return (server.folder / "strace.txt").read_text(errors="replace").count("(INJECTED)")
