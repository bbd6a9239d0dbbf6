"""Executable archives of alice29.txt: size by method, decoder included, and the time to unpack.

At least: under 41,000 bytes, unpacked in under 60 s. Aim: under 39,500 bytes.
"""

from benchmarks.record import SHARED_DATA, Row, record
from codelength.coding.archive import METHODS, archive

ALICE = "corpora_canterbury_calgary/canterbury/alice29.txt"


def main() -> None:
    """Measure, print and record."""
    data = (SHARED_DATA / ALICE).read_bytes()
    rows: list[Row] = []
    for method in METHODS:
        found = archive(data, method=method)
        print(found, f"unpacked in {found.seconds:.1f} s", flush=True)
        rows.append(
            {
                "data": "alice29.txt",
                "raw_bytes": len(data),
                "method": found.method,
                "total_bytes": found.total_bytes,
                "payload_bytes": found.payload_bytes,
                "decoder_bytes": found.decoder_bytes,
                "unpack_seconds": round(found.seconds, 3),
                "unpacked_bytes_per_second": round(len(data) / found.seconds),
                "kind": "coded",
            }
        )
    record("archive", rows, {"alice29.txt": data})


if __name__ == "__main__":
    main()
