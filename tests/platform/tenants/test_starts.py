"""An operator that begins where there is much to see to. The last of its tests: its many tenants stay."""

from __future__ import annotations

import os
import signal

from tests.platform.tenants.place import Place, made, tenant


class TestAnOperatorThatStarts:
    def test_sees_to_a_new_tenant_beside_many_others(self, place: Place) -> None:
        """Once all its workers waited for those they kept from beginning."""
        place.running.stop(patience=5)
        place.apply(*(tenant(f"many-{number}", firstSyndic=None) for number in range(30)))
        place.start()
        made(place, "beside-many")
        for number in range(30):
            place.until("tenant", f"many-{number}", "Pending")


class TestAnOperatorThatIsToldToStop:
    def test_ends_before_it_is_killed(self, place: Place) -> None:
        pid = place.running.pid
        assert pid is not None
        os.kill(pid, signal.SIGTERM)
        place.cluster.until(lambda: place.running.pid is None, 3, "it ends")
        place.start()
