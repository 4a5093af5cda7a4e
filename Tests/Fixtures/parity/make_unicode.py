"""Writes unicode/: what CPython 3.11 (Unicode 14.0.0) says about every character.

    python3.11 make_unicode.py

word_ranges.csv   inclusive ranges of characters that match \\w, in hex
lower.csv         characters that str.lower() changes, one at a time, with the result's code points
lower_strings.json  strings whose lower case depends on neighbours: a capital sigma at the end of a word
"""
import json
import pathlib
import random
import re
import sys
import unicodedata

assert sys.version_info[:2] == (3, 11) and unicodedata.unidata_version == "14.0.0", "CPython 3.11 is the reference"
OUT = pathlib.Path(__file__).parent / "unicode"
OUT.mkdir(exist_ok=True)
scalars = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def codes(text):
    return [f"{ord(c):04X}" for c in text]


word = re.compile(r"\w")
ranges = []
for c in scalars:
    if word.match(chr(c)):
        if ranges and ranges[-1][1] == c - 1:
            ranges[-1][1] = c
        else:
            ranges.append([c, c])
with open(OUT / "word_ranges.csv", "w") as file:
    file.write("first_hex,last_hex\n")
    file.writelines(f"{first:04X},{last:04X}\n" for first, last in ranges)

changed = [c for c in scalars if chr(c).lower() != chr(c)]
with open(OUT / "lower.csv", "w") as file:
    file.write("cp_hex,lower_hex\n")
    file.writelines(f"{c:04X},{' '.join(codes(chr(c).lower()))}\n" for c in changed)

generator = random.Random(3)
pieces = ["Σ", "Σ", "Α", "α", "A", "1", "_", " ", ".", "'", "\u0301", "\u00ad", "\u0345", "中", "İ", "𐐀", "ẞ"]
strings = ["".join(generator.choice(pieces) for _ in range(generator.randint(1, 9))) for _ in range(60)]
cases = [{"in": s, "out": s.lower(), "in_cp": codes(s), "out_cp": codes(s.lower())} for s in strings]
(OUT / "lower_strings.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
(OUT / "meta.json").write_text(
    json.dumps({"python": "3.11", "unicode": "14.0.0", "n_word_ranges": len(ranges),
                "n_word_codepoints": sum(b - a + 1 for a, b in ranges), "n_lower": len(changed),
                "n_lower_multi": sum(len(chr(c).lower()) > 1 for c in changed)}) + "\n")
