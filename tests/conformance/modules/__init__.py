"""Every module by the name that the suite gives it."""

from tests.conformance.modules import (
    codes,
    discovery,
    happy,
    keys,
    logout,
    objects,
    registration,
    requests,
    scopes,
    session_management,
    sessions,
)
from tests.conformance.suite import Module

MODULES: dict[str, Module] = {
    **codes.MODULES,
    **discovery.MODULES,
    **happy.MODULES,
    **keys.MODULES,
    **logout.MODULES,
    **objects.MODULES,
    **registration.MODULES,
    **requests.MODULES,
    **scopes.MODULES,
    **session_management.MODULES,
    **sessions.MODULES,
}
