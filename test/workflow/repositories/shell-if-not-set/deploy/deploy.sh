#!/usr/bin/env bash
set -e
source ./deploy/lib.sh

if [ "$IMAGE_TAG" == "" ]; then
    export IMAGE_TAG="$(git rev-parse --short HEAD)-$(date +%s)"
fi

envsubst < k8s/deployment.tmpl.yaml | sed "s|__IMAGE__|ghcr.io/acme/alerts:${IMAGE_TAG}|" | kubectl apply -f -
