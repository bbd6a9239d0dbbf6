"""A long short-term memory in fixed arithmetic: trained as it reads, and exact on every machine."""
