"""What does X know about Y? Three candidates for X, one Y.

    python examples/02_what_x_knows_about_y.py

Y is six chapters of *Pride and Prejudice*. The shared bits are C(Y) − C(Y given X): what a model that has read X saves
on Y. An interval, and what noise and X's own shuffled pieces would save, tell a saving from luck.
"""

import codelength

y = codelength.bundled("pride_2.txt")
model = codelength.create("mixing:level=fast")

print(f"{codelength.measure(y, model)}\n")
for name in ("pride_1.txt", "war.txt", "genome.txt"):
    x = codelength.bundled(name)
    # joint="none" leaves out the lengths of X and Y together, which this example does not look at.
    found = codelength.shared(x, y, model, joint="none")
    assert found.interval_bits is not None  # a Model knows the cost of each byte, and Y is long enough
    low, high = found.interval_bits
    print(f"X = {name}: {found.verdict}")
    print(f"    saves {found.shared_bits:,.0f} bits ({found.shared_fraction:.1%} of C(Y))")
    print(f"    95 % interval {low:,.0f} to {high:,.0f}")
    print(f"    its pieces in random order save {found.null_shared_bits['shuffled']:,.0f}")
    print(f"    noise of its size saves         {found.null_shared_bits['noise']:,.0f}")
    print(f"    the other way round, Y saves    {found.shared_bits_reverse:,.0f} bits of X")
