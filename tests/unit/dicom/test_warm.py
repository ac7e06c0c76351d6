"""A worker that has warmed up must not need a file or a module any more."""

import subprocess
import sys

SCRIPT = """
import glob, os, sys
import pydicom.data
from workstation.dicom import tasks
from workstation.dicom.errors import DicomRefused

tasks.warm_up()
folder = os.path.dirname(pydicom.data.__file__)
files = []
for path in sorted(glob.glob(folder + "/**/*.dcm", recursive=True)):
    with open(path, "rb") as file:
        files.append(memoryview(file.read()))
touched = set()

def watch(event, arguments):
    if event in ("open", "import", "os.listdir", "os.scandir", "ctypes.dlopen"):
        touched.add((event, str(arguments[0])))

sys.addaudithook(watch)
decoded = 0
for data in files:
    try:
        found = tasks.examined(tasks.TASKS["examine"]({}, data, None))
        pixel = found.record.pixel
        if pixel is not None:
            target = memoryview(bytearray(tasks.frame_size(pixel)))
            tasks.TASKS["decode"](tasks.decode_arguments(pixel, found.table, [0]), data, target)
            decoded += 1
    except DicomRefused:
        pass
print(decoded, sorted(touched))
"""


def test_after_the_warm_up_nothing_is_opened_or_imported() -> None:
    """The interpreter's own audit events say so, over all of pydicom's files (every codec but HTJ2K)."""
    command = [sys.executable, "-c", SCRIPT]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603 - ours

    decoded, touched = answer.stdout.split(maxsplit=1)
    assert int(decoded) > 60
    assert touched.strip() == "[]"
