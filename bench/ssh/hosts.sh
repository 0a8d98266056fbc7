#!/bin/bash
# Machines for a comparison over SSH: containers with an SSH server, a Docker Engine that runs and a clock that is
# synchronised, as an administrator finds ordinary machines; with what Ansible needs on them.
# Usage: hosts.sh start MANAGERS WORKERS FOLDER   writes the key, and an inventory for each side, into FOLDER
#        hosts.sh stop
set -euo pipefail
name=pulumi-swarm-bench-ssh
image=$name

build() {
  docker build --quiet --tag "$image" - >/dev/null <<'DOCKERFILE'
FROM debian:trixie-slim
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    openssh-server iproute2 docker.io docker-cli iptables nftables chrony ca-certificates procps \
    python3 python3-docker >/dev/null && rm -rf /var/lib/apt/lists/* /etc/ssh/ssh_host_*
RUN printf '%s\n' '#!/bin/sh' \
    'for tree in /sys /sys/fs/cgroup /sys/fs/cgroup/*; do mount -o remount,bind,rw "$tree" 2>/dev/null; done' \
    'ssh-keygen -q -A && mkdir -p /run/sshd /root/.ssh && printf "%s\n" "$AUTHORIZED_KEY" > /root/.ssh/authorized_keys' \
    'printf "server %s iburst\n" "$TIME_SERVER" > /etc/chrony/sources.d/bench.sources && chronyd -x' \
    'dockerd --log-level=error &' 'exec /usr/sbin/sshd -D' > /entry && chmod +x /entry
# Else all machines would share the one that a package made.
RUN rm -f /etc/machine-id /var/lib/dbus/machine-id
ENTRYPOINT ["/entry"]
DOCKERFILE
}

stop() {
  docker ps --all --quiet --filter "label=$name" | xargs --no-run-if-empty docker rm --force --volumes >/dev/null
  docker network rm "$name" >/dev/null 2>&1 || true
}

address() { docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$1"; }

start_host() {
  docker run --detach --name "$name-$1" --hostname "$1" --network "$name" --label "$name" \
    --cap-add ALL --cap-drop SYS_RESOURCE --cap-drop SYS_TIME --cgroupns private --device-cgroup-rule 'a *:* rwm' \
    --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined \
    --tmpfs /run --volume /var/lib/docker --env "AUTHORIZED_KEY=$(cat "$folder/key.pub")" \
    --env "TIME_SERVER=$time" "$image" >/dev/null
  for ((attempt = 0; attempt < 600; attempt++)); do
    docker exec "$name-$1" sh -c 'docker version && chronyc -n tracking | grep -q "Leap status *: Normal"' \
      >/dev/null 2>&1 && return
    sleep 0.2
  done
  echo "$1 is not ready after two minutes" >&2
  return 1
}

start() {
  managers=$1 workers=$2 folder=$3
  docker image inspect "$image" >/dev/null 2>&1 || build
  stop
  ssh-keygen -q -t ed25519 -N '' -f "$folder/key" <<<y >/dev/null
  docker network create "$name" >/dev/null
  docker run --detach --name "$name-time" --network "$name" --label "$name" --entrypoint sh "$image" -c \
    "printf 'local stratum 1\nallow\n' > /tmp/chrony.conf && exec chronyd -d -x -f /tmp/chrony.conf" >/dev/null
  time=$(address "$name-time")
  hosts=()
  for ((i = 1; i <= managers; i++)); do hosts+=("manager-$i"); done
  for ((i = 1; i <= workers; i++)); do hosts+=("app-$i"); done
  for host in "${hosts[@]}"; do start_host "$host" & done
  wait
  neighbours
  inventories
}

# All containers share one kernel's neighbour table, which fifty that talk to each other overflow; machines have one each.
# Entries that are written down do not count.
neighbours() {
  local format='{{range .NetworkSettings.Networks}}neigh replace {{.IPAddress}} lladdr {{.MacAddress}} dev eth0 nud permanent{{end}}'
  docker ps --quiet --filter "label=$name" | xargs docker inspect --format "$format" >"$folder/neighbours"
  for host in "${hosts[@]}"; do docker exec --interactive "$name-$host" ip -batch - <"$folder/neighbours" & done
  wait
}

inventories() {
  {
    echo "defaults: { identityFile: $folder/key }"
    echo "hosts:"
    for host in "${hosts[@]}"; do
      key=$(docker exec "$name-$host" cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub)
      echo "  - { name: $host, address: $(address "$name-$host"), hostKey: \"$key\" }"
    done
  } >"$folder/hosts.yml"
  {
    echo "[managers]"
    for host in "${hosts[@]:0:managers}"; do echo "$host ansible_host=$(address "$name-$host")"; done
    echo "[workers]"
    for host in "${hosts[@]:managers}"; do echo "$host ansible_host=$(address "$name-$host")"; done
    printf '[all:vars]\nansible_user=root\nansible_ssh_private_key_file=%s\nansible_python_interpreter=/usr/bin/python3\n' "$folder/key"
  } >"$folder/hosts.ini"
}

"$@"
