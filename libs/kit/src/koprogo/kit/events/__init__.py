"""Kafka: facts leave by the outbox and its relay, and arrive by a consumer with its inbox."""

from koprogo.kit.events.consumer import Consumer, Handler, Received
from koprogo.kit.events.relay import Relay
from koprogo.kit.events.security import RenewedContext, secured

__all__ = ["Consumer", "Handler", "Received", "Relay", "RenewedContext", "secured"]
