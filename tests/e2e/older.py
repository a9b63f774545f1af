"""What schema/embed.py writes of schema/, without the figures of a check: a collector that does not know it has none of them.

usage: older.py EMBED OUTPUT ROOT CHECK PATTERN…"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

embed, output, root, check, *patterns = sys.argv[1:]

with tempfile.TemporaryDirectory() as folder:
    copy = pathlib.Path(folder) / "schema"
    shutil.copytree(root, copy)
    for path in (copy / "indicators").glob("*.sql"):
        if f"-- check: {check}\n" in path.read_text(encoding="utf-8"):
            path.unlink()
    subprocess.run([sys.executable, embed, "schema_files", output, copy, *patterns], check=True)
