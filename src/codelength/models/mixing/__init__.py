"""Context mixing of bits: tables, contexts, state, one compiled kernel, and the model."""

from codelength.models.mixing.model import Mixing

__all__ = ["Mixing"]
