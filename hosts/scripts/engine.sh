# The Docker Engine: installed, pinned, started, and with settings that do a swarm no harm.

engine_check() {
  step=engine
  if [ -z "$(engine_version)" ]; then
    if has dockerd; then todo "start the Docker Engine"; else todo "install and start $(engine_words)"; fi
  fi
  is_pinned || todo "pin the version of the Docker Engine"
  is_enabled docker || todo "start the Docker Engine at every boot"
}

engine_apply() {
  step=engine
  if ! has dockerd; then
    [ "$ENGINE_SOURCE" != present ] || fail "there is no Docker Engine on it, and the program says that it brings its own (source \"present\")"
    packages_apply
    step=engine
  fi
  is_pinned || run apt-mark hold $(engine_names)
  if [ -n "$DAEMON_SETTINGS" ]; then
    now "writing /etc/docker/daemon.json"
    [ -e "$state/daemon.json" ] || { mkdir -p "$state" && cat /etc/docker/daemon.json >"$state/daemon.json" 2>/dev/null; }
    printf '%s' "$DAEMON_SETTINGS" | base64 -d | put /etc/docker/daemon.json
    [ -z "$(engine_version)" ] || { now "restarting the Docker Engine" && restart_service docker; }
  fi
  [ -n "$(engine_version)" ] || { now "starting the Docker Engine" && start_service docker; }
  is_enabled docker || run systemctl enable docker
  true
}

engine_packages() {
  has dockerd || [ "$ENGINE_SOURCE" = present ] || {
    [ "$ENGINE_SOURCE" != docker ] || add_docker_repository >&2
    for name in $(engine_names); do
      case $name in docker.io | docker-ce) printf ' %s%s' "$name" "${ENGINE_VERSION:+=$(full_version "$name")}" ;; *) printf ' %s' "$name" ;; esac
    done
  }
}

engine_words() { echo "Docker Engine${ENGINE_VERSION:+ $ENGINE_VERSION} from $([ "$ENGINE_SOURCE" = docker ] && echo "Docker's repository" || echo "the distribution")"; }

# Debian has the client in a package of its own since 13. ca-certificates, for registries.
engine_names() {
  if [ "$ENGINE_SOURCE" = docker ] || ! has apt-get; then
    echo docker-ce docker-ce-cli containerd.io
  elif apt-cache show docker-cli >/dev/null 2>&1 || [ "${VERSION_ID:-0}" -ge 13 ] 2>/dev/null; then
    echo docker.io docker-cli iptables ca-certificates
  else
    echo docker.io iptables ca-certificates
  fi
}

full_version() {
  apt-cache madison "$1" | awk -v wanted="$ENGINE_VERSION" '{ plain = $3; sub(/^[0-9]+:/, "", plain) } index(plain, wanted) == 1 { print $3; exit }'
}

is_pinned() {
  [ -z "$ENGINE_VERSION" ] || ! has apt-mark || ! has dockerd || [ -n "$(apt-mark showhold docker.io docker-ce)" ]
}

# Why it does not answer.
engine_log() {
  if has_systemd; then journalctl --unit docker --lines 15 --no-pager; else tail -n 15 /var/log/docker.log 2>/dev/null; fi
}

# As https://docs.docker.com/engine/install/ has it for each distribution.
add_docker_repository() {
  [ -e /etc/apt/sources.list.d/pulumi-swarm-docker.list ] || [ -e /etc/yum.repos.d/docker-ce.repo ] || {
    if has apt-get; then
      has curl || install_packages curl ca-certificates
      mkdir -p /etc/apt/keyrings
      curl -fsSL "https://download.docker.com/linux/$ID/gpg" -o /etc/apt/keyrings/docker.asc || fail_for_now "Docker's repository is out of reach"
      printf 'deb [signed-by=/etc/apt/keyrings/docker.asc] https://download.docker.com/linux/%s %s stable\n' "$ID" "$VERSION_CODENAME" | put /etc/apt/sources.list.d/pulumi-swarm-docker.list
      apt-get -q update </dev/null 2>&1 || fail_for_now "\`apt-get update\` failed: is Docker's repository in reach?"
    else
      run dnf -y install dnf-plugins-core
      run dnf config-manager --add-repo https://download.docker.com/linux/centos/docker-ce.repo
    fi
  }
}
