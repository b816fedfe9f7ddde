"""One authority, and us whose certificate is renewed."""

from __future__ import annotations

from pathlib import Path

import pytest

from koprogo.stack.certificates import Authority

from .mounted import Mounted


@pytest.fixture
def authority() -> Authority:
    return Authority()


@pytest.fixture
def us(tmp_path: Path, authority: Authority) -> Mounted:
    """property, who asks identity and tells Kafka."""
    return Mounted(tmp_path, authority, "property")
