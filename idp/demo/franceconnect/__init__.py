"""A simulated FranceConnect for demonstrations and tests: version 2, level eidas1, as a service provider meets it.

It refuses what the real one refuses (strict parameters, exact addresses, short lives), so that a broker that works here
is not surprised there. It is not FranceConnect: its identities are public test identities, and its pages say so.

    registration   what a service provider registered: addresses, algorithm, scopes
    identities     the test identities, those that fail, and identities typed by hand
    claims         what each scope releases, and the pairwise subject
    parameters     the strict whitelists of the authorization and logout requests
    memory         codes, tokens, sessions, journeys under way; lost when the process stops
    platform       what every endpoint shares
    authorize, choice, token, userinfo, logout, discovery   the endpoints
    app            all of it as one Starlette application
"""
