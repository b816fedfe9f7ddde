from koprogo.kit import process
from koprogo.property.main import wire
from koprogo.property.settings import Settings

process.main("koprogo.property", Settings, wire)
