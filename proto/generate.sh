#!/usr/bin/env bash
# Writes libs/api/src from proto/. CI runs it and compares.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-.venv/bin/python}
out=${1:-libs/api/src}
find "$out" -name '*_pb2*' -delete 2>/dev/null || true
PATH="$(dirname "$python"):$PATH" "$python" -m grpc_tools.protoc -I proto --python_out="$out" --mypy_out="$out" --grpc_python_out="$out" \
  --mypy_grpc_out="$out" $(find proto/koprogo_api -name '*.proto' | sort)
touch "$out/koprogo_api/py.typed"
# A file without services gets an empty gRPC module: dust.
find "$out" -name "*_pb2_grpc.py" | while read -r f; do grep -q "class .*Stub" "$f" || rm -f "$f" "${f%.py}.pyi"; done
