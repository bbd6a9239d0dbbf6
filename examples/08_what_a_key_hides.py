"""What does X know about Y, if Y is enciphered? With the key F in the code, nearly all that it knew before.

    python examples/08_what_a_key_hides.py

Y is a chapter of *Pride and Prejudice*, X the first chapters of it. A substitution of letters hides Y from a model that
has read X: bytes are bytes. `matched(...)` searches the substitution that makes Y like X, sends it and pays for it.
"""

import random

import codelength

x = codelength.bundled("pride_1.txt")
plain = codelength.bundled("pride_2.txt").joined[:12_000]
letters = "abcdefghijklmnopqrstuvwxyz"
key = "".join(random.Random(5).sample(letters, 26))
secret = plain.translate(bytes.maketrans((letters + letters.upper()).encode(), (key + key.upper()).encode()))

mixing = codelength.create("mixing:level=fast")
matched = codelength.create("matched(mixing:level=fast)")
for what, y, model in (
    ("the text itself, by", plain, mixing),
    ("enciphered, by", secret, mixing),
    ("enciphered, by", secret, matched),
):
    found = codelength.shared(x, y, model, joint="none")
    share = f"{found.shared_bits:,.0f} of {found.y_bits:,.0f} bits ({found.shared_fraction:.1%}, {found.kind})"
    print(f"{what} {model.name}: X saves {share}")

assert isinstance(matched, codelength.Conditional)  # it can read something before
code = matched.after(x.joined).encode(secret)
assert matched.after(x.joined).decode(code) == secret
print(f"the key takes 16 of its {len(code):,} bytes and is found when encoding; decoding searches nothing")
