"""Writes a manual page from a template and from what the program itself says in its help.

usage: page.py PROGRAM LANGUAGE VERSION TEMPLATE OUTPUT
In the template, a line @COMMANDS@ becomes a section part a command, @OPTIONS@ the options of every command, and @KEYS@
the keys of the configuration file.
"""
import os
import re
import subprocess
import sys

program, language, version, template, output = sys.argv[1:]
locale = {"fr": "fr_FR.UTF-8", "en": "en_US.UTF-8"}[language]


def helps(*words):
    run = subprocess.run([program, *words, "--help"], env={**os.environ, "LC_ALL": locale}, text=True,
                         stdin=subprocess.DEVNULL, capture_output=True, check=True, encoding="utf-8")
    return run.stdout.rstrip("\n").split("\n")


def roff(line):
    line = line.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + line if line[:1] in (".", "'") else line


def verbatim(lines):
    lines = "\n".join(lines).strip("\n").split("\n")
    return [".nf", *map(roff, lines), ".fi"] if any(lines) else []


whole = helps()
# The options that every command has: the first block of them, and the line above it that announces it.
first_option = next(i for i, line in enumerate(whole) if line.startswith("  --"))
options_title = whole[first_option - 1]
last_option = next((i for i in range(first_option, len(whole)) if not whole[i].strip()), len(whole))
commands = [found.group(1) for line in whole[:first_option] if (found := re.match(r"  ([a-z][a-z-]*)\s+\S", line))]
first_key = next((i for i in range(last_option, len(whole)) if re.match(r"  \S+", whole[i])), len(whole))


def command_parts():
    for command in commands:
        lines = helps(command)
        if options_title in lines:
            lines = lines[: lines.index(options_title)]
        yield from (f".SS {command}", *verbatim(lines))


def key_parts():
    for line in whole[first_key:]:
        if re.match(r"  \S", line):
            yield from (".TP", ".B " + roff(line.strip()))
        elif line.strip():
            yield roff(line.strip())
            yield ".br"


parts = {
    "@COMMANDS@": command_parts,
    "@OPTIONS@": lambda: verbatim(line[2:] for line in whole[first_option:last_option]),
    "@KEYS@": key_parts,
}
with open(template, encoding="utf-8") as source, open(output, "w", encoding="utf-8") as page:
    for line in source:
        line = line.rstrip("\n").replace("@VERSION@", version)
        page.write("\n".join(parts[line]() if line in parts else [line]) + "\n")
