"""Build kernel.js, the WebAssembly module as text, from kernel.c.

    python3 live/build.py

Takes the compiler of the PyPI package ziglang if it is installed, else
clang with lld (``apt install clang lld``).
"""
import base64
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
FLAGS = ["-O3", "-msimd128", "-nostdlib", "-fno-builtin",
         "-Wl,--no-entry", "-Wl,--strip-all", "-Wl,--export=__heap_base"]


def compiler():
    """The command that compiles for WebAssembly; None if there is none."""
    if importlib.util.find_spec("ziglang"):
        return [sys.executable, "-m", "ziglang", "cc",
                "--target=wasm32-freestanding"]
    if shutil.which("clang"):
        linker = subprocess.run(["clang", "-print-prog-name=wasm-ld"],
                                capture_output=True, text=True).stdout
        if shutil.which(linker.strip()):
            return ["clang", "--target=wasm32"]
    return None


def compiled(command):
    """The module that this compiler makes of kernel.c, as base64."""
    with tempfile.TemporaryDirectory() as folder:
        module = Path(folder) / "kernel.wasm"
        subprocess.run([*command, *FLAGS, "-o", module, FOLDER / "kernel.c"],
                       check=True)
        return base64.b64encode(module.read_bytes()).decode()


def source(code):
    """The script that defines the kernel for the engine."""
    return ("// Written by build.py from kernel.c.\n"
            f'globalThis.Live ??= {{}};\nLive.kernel = "{code}";\n')


if __name__ == "__main__":
    command = compiler() or sys.exit(
        "A compiler is needed: pip install ziglang, or apt install clang lld")
    (FOLDER / "kernel.js").write_text(source(compiled(command)), "utf-8")
