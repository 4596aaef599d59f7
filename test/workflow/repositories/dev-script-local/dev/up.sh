#!/bin/bash
set -eu
TAG="${TAG:-dev}"
docker build -t "acme/x:$TAG" .
kind load docker-image "acme/x:$TAG"
helm upgrade --install x ./chart --set image.tag="$TAG"
