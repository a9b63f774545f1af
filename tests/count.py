#!/usr/bin/python3
"""Counts the cases in JUnit files and names those that failed.

usage: count.py FILE…      prints "PASSED FAILED SKIPPED" on the first line, then a line for each failed case
"""
import sys
import xml.etree.ElementTree as tree

passed, skipped, failed = 0, 0, []
for path in sys.argv[1:]:
    for case in tree.parse(path).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(f"{case.get('classname') or ''} {case.get('name')}".strip())
        elif case.find("skipped") is not None:
            skipped += 1
        else:
            passed += 1
print(passed, len(failed), skipped)
for name in failed:
    print(name)
