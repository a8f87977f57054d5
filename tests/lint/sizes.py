"""No function over 80 lines without a reason in its text ("long:"), no C file over 600."""
import re
import subprocess
import sys

FUNCTION_MAX, FILE_MAX = 80, 600


def functions(lines):
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start:
            yield start - 1, number - start - 1
            start = None


def main():
    names = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.c", "*.h"],
                           capture_output=True, text=True, check=True).stdout.split()
    bad, lengths = [], []
    for path in names:
        with open(path) as f:
            lines = f.read().splitlines()
        if len(lines) > FILE_MAX:
            bad.append("%s: %d lines (at most %d)" % (path, len(lines), FILE_MAX))
        for at, length in functions(lines):
            lengths.append(length)
            if length > FUNCTION_MAX and not re.search(r"long:", "\n".join(lines[max(0, at - 4):at + length])):
                bad.append("%s:%d: a function of %d lines (at most %d)" % (path, at, length, FUNCTION_MAX))
    lengths.sort()
    if lengths:
        print("%d functions, median %d lines, %.0f %% over 50" % (
            len(lengths), lengths[len(lengths) // 2], 100 * sum(n > 50 for n in lengths) / len(lengths)))
    print("\n".join(bad))
    return 1 if bad or not names else 0


sys.exit(main())
