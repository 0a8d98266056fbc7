# Takes back what was done to the machine. The engine and the time service stay, unless PURGE says otherwise.

clean() {
  step=clean
  firewall_clean
  # The engine made it for the swarm, and does not remove it with the swarm.
  if has docker; then ask_engine network rm docker_gwbridge >/dev/null 2>&1; fi
  volumes_clean
  unpin_engine
  time_clean
  if [ "$PURGE" = yes ]; then purge; fi
  clean_settings
  kernel_clean
  while read -r file; do rm -f "$file"; done 2>/dev/null <"$state/files"
  rm -rf "$settings" "$state"
}

# DAEMON_SETTINGS is what is left without ours; empty where nothing is to be changed.
clean_settings() {
  [ -n "$DAEMON_SETTINGS" ] || return 0
  if [ ! -s "$state/daemon.json" ] && [ "$(printf '%s' "$DAEMON_SETTINGS" | base64 -d | tr -d ' \n')" = '{}' ]; then
    rm -f "$daemon_file"
    rmdir "${daemon_file%/*}" 2>/dev/null
  else
    printf '%s' "$DAEMON_SETTINGS" | base64 -d | put "$daemon_file"
  fi
  [ -n "$(engine_version)" ] || return 0
  # Other containers of this machine are worth more than settings that are back a little earlier.
  if containers=$(ask_engine ps --quiet) && [ -z "$containers" ]; then
    now "restarting the Docker Engine with the settings it had"
    restart_service docker
  else
    now "the Docker Engine takes back its settings at its next start"
  fi
}
