from koprogo.governance.main import wire
from koprogo.governance.settings import Settings
from koprogo.kit import process

process.main("koprogo.governance", Settings, wire)
