"""A tenant's life: provisioned, suspended, resumed, exported, restored under another id, erased."""

from koprogo.kit.tenants.state import NewTenant, State, TenantStates, unless_erased

__all__ = ["NewTenant", "State", "TenantStates", "unless_erased"]
