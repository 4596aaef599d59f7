#!/usr/bin/env bash
# usage: TAG=… ./deploy.sh
[ -n "$TAG" ] || { echo "TAG is empty" >&2; exit 2; }
: "${NAMESPACE:?}"
kubectl -n "$NAMESPACE" set image deploy/x x="acme/x:$TAG"
