"""Writes a C file that holds text files, so that a binary carries its schema.

usage: embed.py NAME OUTPUT ROOT FILE…
Each FILE becomes an entry of `const struct embedded NAME[]`, its path relative to ROOT; the last entry has no path.
"""
import os
import sys

name, output, root, *files = sys.argv[1:]
with open(output, "w", encoding="ascii") as out:
    out.write('#include "schema/embedded.h"\n\n')
    for i, path in enumerate(files):
        data = open(path, "rb").read()
        out.write(f"static const unsigned char text_{i}[] = {{")
        for at in range(0, len(data), 20):
            out.write("\n    " + "".join(f"{b}," for b in data[at : at + 20]))
        out.write("\n    0};\n")
    out.write(f"\nconst struct embedded {name}[] = {{\n")
    for i, path in enumerate(files):
        out.write(f'    {{"{os.path.relpath(path, root)}", (const char *)text_{i}, sizeof text_{i} - 1}},\n')
    out.write("    {0}};\n")
