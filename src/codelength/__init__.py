"""codelength: how many bits is it, and how much does X know about Y."""
