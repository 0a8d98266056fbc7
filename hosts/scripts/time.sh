# The clock: one service that keeps it, and nothing goes on before it is right.

time_check() {
  step=time
  if [ "$TIME" = no ]; then
    ! has_own_sources || todo "no longer tell the time service of time servers"
    return
  fi
  service=$(time_service)
  if [ -z "$service" ]; then
    todo "keep the clock with chrony${TIME_SERVERS:+, from $TIME_SERVERS}"
  elif ! is_running "$service"; then
    todo "start $service"
  elif ! has_right_sources "$service"; then
    if [ -n "$TIME_SERVERS" ]; then todo "tell $service of the time servers $TIME_SERVERS"; else todo "no longer tell $service of time servers"; fi
  elif ! is_synchronised "$service"; then
    todo "wait until $service has synchronised the clock"
  fi
}

time_apply() {
  step=time
  if [ "$TIME" = no ]; then
    time_clean
    return
  fi
  service=$(time_service)
  if [ -z "$service" ]; then
    install_packages chrony
    service=chrony
  fi
  if ! has_right_sources "$service"; then write_sources "$service"; fi
  if ! is_running "$service"; then
    now "starting $service"
    start_time_service "$service"
  fi
  synchronise "$service"
}

time_clean() {
  has_own_sources || return 0
  service=$(time_service)
  TIME_SERVERS=
  write_sources "$service"
}

time_packages() {
  if [ "$TIME" != no ] && [ -z "$(time_service)" ]; then printf ' chrony'; fi
}

# The service that keeps the clock, or would if it ran.
time_service() {
  if has chronyd && has chronyc; then
    echo chrony
  elif has_systemd && systemctl cat systemd-timesyncd >/dev/null 2>&1; then
    echo timesyncd
  fi
}

is_running() {
  if [ "$1" = timesyncd ]; then systemctl is-active --quiet systemd-timesyncd; else chronyc -n tracking >/dev/null 2>&1; fi
}

start_time_service() {
  if [ "$1" = timesyncd ]; then
    run systemctl enable --now systemd-timesyncd
  elif has_systemd; then
    start_service "$(chrony_unit)"
  else
    # Without the right to set the clock it can only be compared: in a container it is the host's.
    # shellcheck disable=SC2046 # A word or none.
    chronyd $(can_set_clock || echo -x) </dev/null 2>&1 || fail "chronyd does not start"
  fi
}

chrony_unit() { if [ -e /lib/systemd/system/chrony.service ]; then echo chrony; else echo chronyd; fi; }

# CAP_SYS_TIME is bit 25.
can_set_clock() {
  effective=$(awk '/^CapEff:/ { print $2 }' /proc/self/status)
  ! in_container && [ $(((0x$effective >> 25) & 1)) -eq 1 ]
}

timesyncd_sources=/etc/systemd/timesyncd.conf.d/pulumi-swarm.conf

sources_of() {
  if [ "$1" = timesyncd ]; then
    echo "$timesyncd_sources"
  elif [ -d /etc/chrony/sources.d ]; then
    echo /etc/chrony/sources.d/pulumi-swarm.sources
  else
    echo "$settings/chrony/pulumi-swarm.sources"
  fi
}

has_own_sources() { [ -e "$timesyncd_sources" ] || [ -e "$(sources_of chrony)" ]; }

time_sources() {
  if [ "$1" = timesyncd ]; then
    printf '[Time]\nNTP=%s\n' "$TIME_SERVERS"
  else
    for server in $TIME_SERVERS; do printf 'server %s iburst prefer\n' "$server"; done
  fi
}

has_right_sources() {
  if [ -z "$TIME_SERVERS" ]; then [ ! -e "$(sources_of "$1")" ]; else time_sources "$1" | cmp -s - "$(sources_of "$1")"; fi
}

write_sources() {
  file=$(sources_of "$1")
  if [ -n "$TIME_SERVERS" ]; then
    now "telling $1 of the time servers $TIME_SERVERS"
    time_sources "$1" | put "$file"
  else
    rm -f "$file"
  fi
  # chrony of RHEL reads no folder of sources unless it is told to.
  case $1:$file in chrony:"$settings"/*) tell_chrony_folder ;; esac
  is_running "$1" || return 0
  if [ "$1" = timesyncd ]; then restart_service systemd-timesyncd; else run chronyc reload sources; fi
}

tell_chrony_folder() {
  configuration=/etc/chrony.conf
  [ -e "$configuration" ] || configuration=/etc/chrony/chrony.conf
  line="sourcedir $settings/chrony"
  if [ -z "$TIME_SERVERS" ]; then
    grep -vxF "$line" "$configuration" | put "$configuration"
  elif ! grep -qxF "$line" "$configuration"; then
    { cat "$configuration"; echo "$line"; } | put "$configuration"
  else
    return 0
  fi
  ! is_running chrony || ! has_systemd || restart_service "$(chrony_unit)"
}

is_synchronised() {
  if [ "$1" = timesyncd ]; then
    [ "$(timedatectl show --property NTPSynchronized --value)" = yes ]
  else
    chronyc -n tracking | grep -q '^Leap status *: Normal'
  fi
}

# A clock that is years off is set at once: it would take longer than anyone waits to bring it there in small steps.
synchronise() {
  wait_for_clock "$1"
  # In a container it is the host's, and was only compared.
  ! can_set_clock || CLOCK=right
}

wait_for_clock() {
  now "waiting until $1 has synchronised the clock"
  if [ "$1" = timesyncd ]; then
    is_synchronised timesyncd && return
    restart_service systemd-timesyncd
    # systemd-time-wait-sync waits for nothing else; it is what ends when the clock is right.
    timeout "$TIME_WAIT" /usr/lib/systemd/systemd-time-wait-sync </dev/null >/dev/null 2>&1 && return
    timedatectl timesync-status 2>&1
  else
    chronyc -n burst 4/4 >/dev/null 2>&1
    # Until the sources are there, then a step, then until what is left is small.
    if chronyc -n waitsync "$TIME_WAIT" 0 0 1 >/dev/null 2>&1; then
      ! can_set_clock || chronyc -n makestep >/dev/null 2>&1
      chronyc -n waitsync 20 0.05 0 1 >/dev/null 2>&1 && return
    fi
    chronyc -n sources 2>&1
    chronyc -n tracking 2>&1
  fi
  fail "the clock was not synchronised within $TIME_WAIT s. Give time servers that this machine reaches (UDP port 123)"
}
