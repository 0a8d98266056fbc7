#!/bin/bash
# Usage: remove.sh STACK. Nothing of it is left when this ends, so that the next one starts from the same.
set -euo pipefail
docker stack rm "$1" >/dev/null
until [ -z "$(docker network ls --quiet --filter "label=com.docker.stack.namespace=$1")" ]; do sleep 0.2; done
