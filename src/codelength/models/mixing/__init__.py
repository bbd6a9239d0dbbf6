"""Context mixing of bits: tables, contexts, state, one compiled kernel, and the model."""
