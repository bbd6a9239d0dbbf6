"""A small file for whoever has the earlier text, and a program that needs nothing at all.

    python examples/05_a_smaller_file.py

A code length is a promise that a file can be written. Here the files are written: a container that decodes only beside
X, and an archive, a Python program that prints the text and so bounds its Kolmogorov complexity.
"""

import io

import codelength

x = codelength.bundled("pride_1.txt").joined
y = codelength.bundled("pride_2.txt").joined
model = codelength.create("mixing:level=fast")

sizes = {}
for what, given in {"alone": None, "given X": x}.items():
    target = io.BytesIO()
    codelength.write_container(io.BytesIO(y), target, model, given=given)
    sizes[what] = len(target.getvalue())
    print(f"{what:8} {sizes[what]:7,} bytes of {len(y):,}")

# The second file knows what it was compressed with, and says so.
code = target.getvalue()
back = io.BytesIO()
codelength.read_container(io.BytesIO(code), back, codelength.create, given=x)
assert back.getvalue() == y
try:
    codelength.read_container(io.BytesIO(code), io.BytesIO(), codelength.create)
except codelength.GivenError as error:
    print(f"without X: {error}")

# One flipped bit is found before anything is decoded.
damaged = bytearray(code)
damaged[len(damaged) // 2] ^= 1
try:
    codelength.read_container(io.BytesIO(damaged), io.BytesIO(), codelength.create, given=x)
except codelength.DamagedError as error:
    print(f"damaged:   {error}")

# The smallest program that prints the first chapter; `archive` has run it and compared.
chapter = y.partition(b"Chapter 32")[0]
print(f"\n{len(chapter):,} bytes: {codelength.archive(chapter)}")
