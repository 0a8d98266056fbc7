#!/bin/bash
# Usage: deploy.sh STACK FILE. What people write around `docker stack deploy`: it returns before anything runs.
set -euo pipefail
docker stack deploy --resolve-image never --compose-file "$2" "$1" >/dev/null
services=$(docker stack services --quiet "$1" | wc -l)
until [ "$(docker stack services --format '{{.Replicas}}' "$1" | grep -c '^2/2')" = "$services" ]; do sleep 0.2; done
