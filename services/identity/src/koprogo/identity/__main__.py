from koprogo.identity.main import wire
from koprogo.identity.settings import Settings
from koprogo.kit import process

process.main("koprogo.identity", Settings, wire)
