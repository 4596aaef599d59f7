#!/bin/bash
set -euo pipefail
TAG=${TAG:-$(git rev-parse --short HEAD)}
docker build -t "acme/x:${TAG}" .
docker push "acme/x:${TAG}"
