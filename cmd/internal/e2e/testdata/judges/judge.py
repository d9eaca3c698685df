"""Judges the DKIM signatures of the mails named on the command line.

Verifies each signature by itself with dkimpy, which stops at the first one
when left alone, and prints a line for each: selector, algorithm, result.
"""
import sys

import dkim

for path in sys.argv[1:]:
    with open(path, "rb") as f:
        raw = f.read()
    count = sum(name.lower() == b"dkim-signature" for name, _ in dkim.rfc822_parse(raw)[0])
    for i in range(count):
        judge = dkim.DKIM(raw)
        try:
            result = "pass" if judge.verify(idx=i) else "fail"
        except dkim.DKIMException as e:
            result = f"fail ({e})"
        tags = judge.signature_fields
        print(tags.get(b"s", b"-").decode(), tags.get(b"a", b"-").decode(), result)
