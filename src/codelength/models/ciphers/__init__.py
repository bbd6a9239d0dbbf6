"""Ciphers: letter n-gram models of a language and the search for the key that makes a ciphertext look like it."""
