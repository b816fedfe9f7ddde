from koprogo.documents.main import wire
from koprogo.documents.settings import Settings
from koprogo.kit import process

process.main("koprogo.documents", Settings, wire)
