#!/usr/bin/env bash
set -euo pipefail
cd "$(dirname "$0")/.."
TAG="${1:-latest}"
NS="${2:-prod}"
helm upgrade --install dash ./chart -n "$NS" --set image.tag="$TAG"
