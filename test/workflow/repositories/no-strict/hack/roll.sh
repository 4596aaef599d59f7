#!/bin/sh
# Rolls the given image out.
cd "$(dirname "$0")/.."
kubectl config use-context "$CLUSTER"
kustomize edit set image "api=ghcr.io/acme/api:$IMAGE_TAG"
kubectl apply -k .
