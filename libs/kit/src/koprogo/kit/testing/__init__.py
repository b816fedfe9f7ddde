"""For tests: tokens that are really verified, a service called in process, and who may see what in a database."""

from koprogo.kit.testing.in_process import Grants, InProcess, in_process
from koprogo.kit.testing.provider import Provider
from koprogo.kit.testing.tenants import holes, powers, seen_rows

__all__ = ["Grants", "InProcess", "Provider", "holes", "in_process", "powers", "seen_rows"]
