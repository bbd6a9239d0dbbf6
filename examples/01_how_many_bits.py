"""How many bits does a text cost, and where do they go?

    python examples/01_how_many_bits.py

A code length is a prediction put to the test: what a model expects is cheap, what surprises it is dear. The first part
asks the models of the ladder for the length of a novel's chapters; the second looks into one sentence, byte by byte.
"""

import codelength

text = codelength.bundled("pride_2.txt")

# Each row is one model: `coded` lengths were written, decoded and compared, `ideal` ones are sums of −log2 p.
models = [codelength.create(name) for name in codelength.LADDER]
for row in codelength.measure_ladder(text, models):
    print(f"{row.model:15} {row.bits:10,.0f} bits  {row.bits_per_byte:.3f} a byte  {row.kind}")

# A Model also says what each byte costs. This one has read the chapters before it pays for a sentence.
well_read = codelength.Mixing().after(text.joined)
sentence = b"Mr. Darcy, who was by no means of a melancholy temper, zigzagged towards Elizabeth."
costs = well_read.bits(sentence)

print("\nbits  word")
start = 0
for word in sentence.split(b" "):
    end = start + len(word)
    print(f"{costs[start:end].sum():4.0f}  {word.decode()}")
    start = end + 1  # the space
print(f"{costs.sum():4.0f}  in all, spaces included; {8 * len(sentence)} without a model")
