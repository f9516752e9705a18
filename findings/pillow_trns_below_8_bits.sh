#!/usr/bin/env bash
# Pillow 13.0.0: a gray PNG of 2 or 4 bits whose tRNS chunk names one sample as transparent (PNG, third edition, 11.3.1.1
# compares it with the sample as it stands in the file). Pillow widens the samples to 8 bits and leaves the named
# value as it stands in the file, so another gray, or none, becomes transparent. With 8 bits it is right.
# Photographed forms and scanned sketches come as such files; whoever flattens them onto white meets it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pillow==13.0.0
"$folder/venv/bin/python" - <<'PYTHON'
import io, struct, sys, zlib
from PIL import Image, __version__

def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

def gray_png(depth, samples, transparent):
    """One row of gray samples of `depth` bits, one of which tRNS names."""
    bits = "".join(f"{sample:0{depth}b}" for sample in samples)
    row = int(bits, 2).to_bytes(len(bits) // 8, "big")
    head = struct.pack(">IIBBBBB", len(samples), 1, depth, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"tRNS", struct.pack(">H", transparent))
        + chunk(b"IDAT", zlib.compress(b"\0" + row)) + chunk(b"IEND", b"")
    )

def transparent_places(data):
    with Image.open(io.BytesIO(data)) as picture:
        alphas = [pixel[3] for pixel in picture.convert("RGBA").get_flattened_data()]
    return [place for place, alpha in enumerate(alphas) if alpha == 0]

found = {depth: transparent_places(gray_png(depth, [0, 1, 2, 3], 1)) for depth in (2, 4, 8)}
print(f"Pillow {__version__}: tRNS names sample 1 of [0, 1, 2, 3]; transparent by depth: {found}")
sys.exit(found != {2: [], 4: [], 8: [1]})
PYTHON
