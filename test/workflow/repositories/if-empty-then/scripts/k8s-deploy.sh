#!/usr/bin/env bash
set -eo pipefail

TAG="$1"
if [[ -z "${TAG}" ]]; then
  echo "no tag given, taking the newest"
  TAG="latest"
fi
kubectl -n prod set image deployment/chat chat="ghcr.io/acme/chat:${TAG}"
