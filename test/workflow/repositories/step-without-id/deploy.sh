#!/usr/bin/env bash
set -euo pipefail
kubectl set image deploy/app app="ghcr.io/acme/app:${1:?tag}"
