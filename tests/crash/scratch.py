"""A place on a real disk for one laboratory, and what kind of file system it is."""
import pathlib
import shutil
import tempfile

# What lives in memory survives nothing, so it proves nothing about a disk.
MEMORY = {"tmpfs", "ramfs", "devtmpfs", "hugetlbfs"}


class NotADisk(Exception):
    """The scratch directory is in memory."""


def file_system_of(path):
    """The type of the file system that holds `path`, by the longest mount point above it."""
    path = pathlib.Path(path).resolve()
    best = (0, "unknown")
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        before, after = line.split(" - ", 1)
        mount = before.split()[4].encode().decode("unicode_escape")
        if path == pathlib.Path(mount) or pathlib.Path(mount) in path.parents:
            best = max(best, (len(mount), after.split()[0]))
    return best[1]


class Scratch:
    """A directory of its own under `parent`; removed at the end unless something went wrong."""

    def __init__(self, parent):
        parent = pathlib.Path(parent)
        parent.mkdir(parents=True, exist_ok=True)
        self.kind = file_system_of(parent)
        if self.kind in MEMORY:
            raise NotADisk(f"{parent} is on {self.kind}, which lives in memory: "
                           "give --scratch a directory on a disk")
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="crash-", dir=parent)).resolve()

    def folder(self, name):
        path = self.path / name
        path.mkdir(mode=0o700)
        return path

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)
