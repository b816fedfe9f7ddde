"""Who asks, and what he may do: tokens, grants and the actor they make."""

from koprogo.kit.access.actor import Actor
from koprogo.kit.access.admission import Admission, Grant, GrantsSource
from koprogo.kit.access.tokens import Claims, TokenRefused, TokenVerifier

__all__ = ["Actor", "Admission", "Claims", "Grant", "GrantsSource", "TokenRefused", "TokenVerifier"]
