"""Work in batches, here, in other processes or on other machines, with the same results wherever it is done."""
