#!/bin/bash
set -euo pipefail
TAG=${TAG:-latest}
for service in web api; do
  image="acme/$service:$TAG"
  docker build -t "$image" "services/$service"
  docker push "$image"
done
kubectl set image deploy/web web="acme/web:$TAG"
