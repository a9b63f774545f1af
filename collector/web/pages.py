"""Writes the table of pages: page_NAME of each page/NAME.html, which page/NAME.c defines.

usage: pages.py OUTPUT NAME.html…
"""
import pathlib
import sys

output, *templates = sys.argv[1:]
names = [pathlib.Path(template).stem for template in templates]
with open(output, "w", encoding="ascii") as out:
    out.write('#include "collector/web/page.h"\n\n')
    out.writelines(f"extern const struct page page_{name};\n" for name in names)
    out.write("\nconst struct page *const page_all[] = {\n")
    out.writelines(f"    &page_{name},\n" for name in names)
    out.write("    0,\n};\n")
