"""What schema/embed.py writes of schema/, with countries that no chapter is of: west of Greenwich, with one operator each.

usage: west.py EMBED OUTPUT ROOT PATTERN…"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

embed, output, root, *patterns = sys.argv[1:]


def pack(name, zone):
    return {"name_fr": name, "name_en": name, "in_fr": f"à {name}", "in_en": f"in {name}", "timezone": zone, "currency": "XXX",
            "operators": [{"name": "Seule", "asns": [64500]}]}


with tempfile.TemporaryDirectory() as folder:
    copy = pathlib.Path(folder) / "schema"
    shutil.copytree(root, copy)
    path = copy / "countries/countries.json"
    packs = json.loads(path.read_text(encoding="utf-8"))
    packs |= {"XA": pack("Ouest", "Atlantic/Cape_Verde"), "XB": pack("Été", "Atlantic/Azores")}  # the second has summer time
    path.write_text(json.dumps(packs), encoding="utf-8")
    subprocess.run([sys.executable, embed, "schema_files", output, copy, *patterns], check=True)
