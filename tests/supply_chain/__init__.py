"""
What is locked: old enough that a hijacked release would have been found out, and without advisory.

    python -m tests.supply_chain
"""
