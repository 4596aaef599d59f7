#!/bin/bash
set -e
IMAGE_TAG=${IMAGE_TAG:-"$(date +%Y.%m.%d)-$(git rev-parse --short HEAD)"}
helm upgrade --install ads ./chart --set image.tag="$IMAGE_TAG"
