#!/bin/bash
# The least a shell script can do for a swarm of containers, as the floor that `pulumi up` is compared with: start the
# nodes, wait for their engines, init, join, wait until all are Ready. Prints the seconds of it and removes it all.
# Usage: shell-cluster.sh IMAGE MANAGERS WORKERS
set -euo pipefail
image=$1 managers=$2 workers=$3
name=pulumi-swarm-bench-shell
nodes=()
for ((i = 1; i <= managers; i++)); do nodes+=("$name-manager-$i"); done
for ((i = 1; i <= workers; i++)); do nodes+=("$name-worker-$i"); done

remove() {
  # A busy engine gives up on some of a hundred; what is left would work beside the next measurement.
  for _ in 1 2 3 4 5; do
    docker rm --force --volumes "${nodes[@]}" >/dev/null 2>&1 || true
    [ -n "$(docker ps --all --quiet --filter "name=^$name-")" ] || break
  done
  docker volume rm "${nodes[@]}" >/dev/null 2>&1 || true
  docker network rm "$name" >/dev/null 2>&1 || true
}
start() {
  docker run --detach --name "$1" --hostname "${1#"$name"-}" --network "$name" \
    --cap-add ALL --cap-drop SYS_RESOURCE --cgroupns private --device-cgroup-rule 'a *:* rwm' \
    --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined \
    --tmpfs /run --volume "$1:/var/lib/docker" "$image" >/dev/null
}
engine_up() { until docker exec "$1" docker version >/dev/null 2>&1; do ((SECONDS < limit)) || exit 1; sleep 0.1; done; }
swarm() { docker exec "$name-manager-1" docker "$@"; }
each() { # Runs a function for every further argument, all at once.
  local step=$1 node
  shift
  for node in "$@"; do "$step" "$node" & done
  wait
}
join_worker() { docker exec "$1" docker swarm join --token "$worker_token" "$leader" >/dev/null 2>&1 || true; }

docker image inspect "$image" >/dev/null
limit=$((SECONDS + 180)) # A node that never comes up must not keep the script.
remove
trap remove EXIT
before=$EPOCHREALTIME
docker network create "$name" >/dev/null
each start "${nodes[@]}"
each engine_up "${nodes[@]}"
swarm swarm init >/dev/null
manager_token=$(swarm swarm join-token --quiet manager)
worker_token=$(swarm swarm join-token --quiet worker)
leader=$(swarm node inspect self --format '{{.ManagerStatus.Addr}}')
for node in "${nodes[@]:1:managers-1}"; do
  docker exec "$node" docker swarm join --token "$manager_token" "$leader" >/dev/null
done
each join_worker "${nodes[@]:managers}"
# A join that failed for good is not begun again: with fifty nodes that happens, and a least script does not see it.
until [ "$(swarm node ls --format '{{.Status}}' | grep -c Ready)" = "${#nodes[@]}" ]; do
  if ((SECONDS > limit)); then
    echo "$(swarm node ls --format '{{.Status}}' | grep -c Ready) of ${#nodes[@]} nodes are Ready after 180 s" >&2
    exit 1
  fi
  sleep 0.1
done
awk -v before="$before" -v after="$EPOCHREALTIME" 'BEGIN { printf "%.2f\n", after - before }'
