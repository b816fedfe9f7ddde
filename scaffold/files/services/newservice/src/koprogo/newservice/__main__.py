from koprogo.kit import process
from koprogo.newservice.main import wire
from koprogo.newservice.settings import Settings

process.main("koprogo.newservice", Settings, wire)
