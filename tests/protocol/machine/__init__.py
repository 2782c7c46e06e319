"""Random sequences of protocol calls, each answer compared with what the specifications promise.

`facts` says what there is and `promises` what must follow: neither knows the provider. `stage` is the provider with its
applications and browsers. Each of the other modules holds the calls of one part of the protocol, as acts of a state
machine, and `test_any_sequence` puts them together. What must hold after every call is in `invariants`.
"""
