from koprogo.finance.main import wire
from koprogo.finance.settings import Settings
from koprogo.kit import process

process.main("koprogo.finance", Settings, wire)
