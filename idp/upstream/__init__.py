"""People who come from another identity provider: FranceConnect, ProConnect, any OpenID Connect provider.

registration   our registration at an upstream: what was agreed there, with nothing left to guess
providers/     what differs from one kind of upstream to another
discovery      what an upstream publishes about itself, compared with what we know of it
fetching       the only HTTP client of the slice: bounded in time and size
connection(s)  the upstreams as this process knows them: metadata and keys kept ten minutes, and failures
authorization  the request that sends a browser there
exchange       the code against tokens, the tokens against an attested identity
tokens         what an ID token and user information must say
attestation    what an upstream attested, cut down to what we have a use for
linking        which local account an attested identity is (pure)
conclusion     what an attestation means here, written in one transaction
pages, linking_pages, leaving   the addresses people pass through
setbacks       what they are told when it does not succeed
tables, store  the attempts under way
"""
