"""The OpenID Foundation's conformance plans, played against a real provider by a replica of the suite.

The suite itself is a server of its own and runs elsewhere (docs/operators/certification.md). Here each of its modules
is a function of the same name, each of its plans a table of modules; what the suite only warns of fails here.
"""
