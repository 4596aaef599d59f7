#!/bin/bash
if [ $# -lt 1 ]; then
  echo "usage: $0 TAG"
  exit 1
fi
TAG=$1
for v in CLUSTER NAMESPACE; do
  if [ -z "${!v}" ]; then echo "$v is not set"; exit 1; fi
done
kubectl --context "$CLUSTER" -n "$NAMESPACE" set image deploy/x "x=acme/x:${TAG}"
