"""Writes a C file that holds text files, so that a binary carries its schema.

usage: embed.py [--depfile PATH] NAME OUTPUT ROOT FILE…
Each FILE becomes an entry of `const struct embedded NAME[]`, its path relative to ROOT; the last entry has no path.
A FILE with a * in it stands for all files under ROOT that match it, sorted. Their folders go into the depfile: a file that
comes or goes changes its folder, and the next build takes notice by itself.
"""
import glob
import os
import sys

words = sys.argv[1:]
depfile = words.pop(1) if words[0] == "--depfile" else None
name, output, root, *patterns = words[1:] if depfile else words

files, watched = [], []
for pattern in patterns:
    if "*" in pattern:
        found = sorted(glob.glob(os.path.join(root, pattern)))
        if not found:
            sys.exit(f"embed.py: no file matches {pattern} under {root}")
        watched.append(os.path.dirname(os.path.join(root, pattern)))
    else:
        found = [pattern]
    files += found

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

if depfile:
    with open(depfile, "w", encoding="utf-8") as out:
        out.write(output + ": " + " ".join(path.replace(" ", r"\ ") for path in files + watched) + "\n")
