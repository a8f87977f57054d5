"""What templates must not hold: unescaped output, silent includes, inline script and style, forms without a token."""
import pathlib
import re
import sys

RULES = [
    (r"<\?cs\s+(uvar|evar|lvar|linclude)\s*:", "writes without escaping, or parses at run time"),
    (r"<\?cs\s+name\s*:", "name: is not escaped by ClearSilver"),
    (r"<\?cs\s+escape\s*:\s*[\"']none", "escaping must not be switched off"),
    (r"<\?cs\s+include\s*:", "a missing include is silent: use include!:"),
    (r"<\?cs/(?!\w+\s*\?>)", "malformed end tag"),
    (r"<\?cs/\w+\?>", "an end tag needs a space before ?>"),
    (r"\sstyle\s*=", "inline style (the content security policy refuses it)"),
    (r"<style\b", "inline style sheet"),
    (r"\son[a-z]+\s*=\s*[\"']", "inline event handler"),
    (r"<script(?![^>]*\bsrc=)", "inline script"),
    (r"javascript:", "script address"),
    (r"(?:href|src|action)\s*=\s*[\"']/(?!/)", "an address that ignores the base path"),
    (r"(?:href|src|action)\s*=\s*[\"']https?:", "a foreign address"),
]


def main():
    files = sorted(pathlib.Path("templates").rglob("*.cst"))
    bad = []
    for path in files:
        text = path.read_text()
        for pattern, why in RULES:
            for hit in re.finditer(pattern, text):
                bad.append("%s:%d: %s: %s" % (path, text.count("\n", 0, hit.start()) + 1, hit.group(0).strip(), why))
        for form in re.finditer(r"<form\b[^>]*method=[\"']?post[^>]*>(.*?)</form>", text, re.S | re.I):
            if "csrf" not in form.group(1).lower():
                bad.append("%s:%d: a form without the csrf field" % (path, text.count("\n", 0, form.start()) + 1))
    print("\n".join(bad))
    if not files:
        print("no templates found")
    return 1 if bad or not files else 0


sys.exit(main())
