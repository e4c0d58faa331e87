#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""PDFBox Preflight on the archive copies of the sample scans, built as PDF/A-1b.

    tests/corpus/preflight.py [BIN]      BIN: folder of the built programs, build/release/bin

Preflight judges part 1 only; parts 2 and 3 of ours are the same pages under another number. Wants the
group `pdfa` of config/debian-packages.txt: without Java it ends 77 and says so. Ends 0 when every
copy is valid, else 1 with what Preflight found.
"""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release/bin").resolve()
JARS = ["preflight", "pdfbox2", "xmpbox", "fontbox2", "commons-logging", "commons-io",
        "javax.activation", "jaxb-api"]
NOT_HERE = 77


def main(folder):
    jars = [Path("/usr/share/java") / f"{name}.jar" for name in JARS]
    missing = [str(jar) for jar in jars if not jar.exists()]
    if shutil.which("java") is None or missing:
        print("preflight: not run: no Java, or missing", *missing)
        return NOT_HERE
    settings = folder / "postkamer.toml"
    settings.write_text(f'[system]\nforms = "{ROOT}/config/forms"\n[archive]\npdfa = "1b"\n')
    done = subprocess.run([BIN / "postkamer", "--config", settings, "run", ROOT / "sample-scans",
                           "--out", folder / "out"], capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr.decode())
    copies = sorted((folder / "out/documents").glob("*/document.pdf"))
    bad = 0
    for copy in copies:
        told = subprocess.run(["java", "-Xmx512m", "-cp", ":".join(map(str, jars)),
                               "org.apache.pdfbox.preflight.Validator_A1b", copy],
                              capture_output=True, check=False)
        text = told.stdout.decode(errors="replace") + told.stderr.decode(errors="replace")
        if not re.search(r"is a valid PDF/A-1b file", text):
            bad += 1
            print(copy.parent.name, text)
    print(f"Preflight: {len(copies)} archive copies as PDF/A-1b, {bad} not valid")
    return 1 if bad or not copies else 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="pk-preflight-") as name:
        sys.exit(main(Path(name)))
