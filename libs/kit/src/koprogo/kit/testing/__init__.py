"""For tests: tokens that are really verified, a service called in process, and who may see what in a database."""

from koprogo.kit.testing.in_process import Grants, InProcess, in_process
from koprogo.kit.testing.operator import Archive, Operator, through_an_archive
from koprogo.kit.testing.provider import Provider
from koprogo.kit.testing.tenants import holes, in_the_way, powers, seen_rows, traces

__all__ = [
    "Archive", "Grants", "InProcess", "Operator", "Provider", "holes", "in_process", "in_the_way", "powers",
    "seen_rows", "through_an_archive", "traces",
]  # fmt: skip
