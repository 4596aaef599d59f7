#!/bin/sh
set -eu
v=$(cat VERSION)
echo "version=$v-$(date +%s)" >> "$GITHUB_OUTPUT"
