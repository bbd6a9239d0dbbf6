"""Results: frozen values that print themselves and give JSON with stable keys.

A code length says of what kind it is: `coded` (that many bytes were written, decoded and compared), `ideal` (the sum of
−log2 p), `prequential` (paid while learning, model not sent) or `difference` (two coded sizes subtracted).
"""
