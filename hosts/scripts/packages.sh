# All missing packages in one go: what takes longest is asking the mirrors.

packages_check() {
  step=packages
  missing=$(missing_packages)
  [ -z "$missing" ] || todo "install$missing"
}

packages_apply() {
  step=packages
  if [ -n "$(engine_packages)" ]; then offer_engine; fi
  install_missing
  # The lists may have come with the first packages only, and name a package of the client's own.
  install_missing
}

install_missing() {
  missing=$(missing_packages)
  # shellcheck disable=SC2086 # Several words.
  [ -z "$missing" ] || install_packages $missing
}

missing_packages() {
  time_packages
  engine_packages
  [ "$FIREWALL" = no ] || has nft || printf ' nftables'
  [ "$KERNEL" = no ] || in_container || has modprobe || printf ' kmod'
}

# Takes packages from the repositories that the machine knows.
install_packages() {
  now "installing $*"
  mkdir -p "$state"
  if has apt-get; then
    apt_install "$@"
  else
    # dnf itself remembers which packages came only because others need them.
    for package in "$@"; do rpm -q "$package" >/dev/null 2>&1 || printf '%s\n' "$package" >>"$state/installed"; done
    # shellcheck disable=SC2046 # Several words.
    try_packages dnf -y install $(with_versions "$@")
  fi
}

export DEBIAN_FRONTEND=noninteractive

# What the administrator changed in a configuration file stays.
apt() {
  apt-get -q -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold "$@" </dev/null 2>&1
}

# Dates of a package list cannot be judged before the clock is right, and the list is signed all the same; with a right
# clock they tell a list that somebody keeps outdated. One list that does not come, of whatever origin, need not matter:
# the caller sees whether what it wants is there.
update_lists() {
  # shellcheck disable=SC2046 # Two words or none.
  apt $([ "$CLOCK" != wrong ] || echo -o Acquire::Check-Date=false) -o APT::Update::Error-Mode=any update
  update_code=$?
}

fail_without_lists() {
  [ "${update_code:-0}" -eq 0 ] || fail_for_now "\`apt-get update\` ended with exit code $update_code: are the package mirrors in reach?"
}

apt_install() {
  finish_interrupted
  # Fresh package lists are not asked for where the old ones will do.
  apt_plan "$@" >/dev/null || { update_lists; apt_plan "$@" >/dev/null || fail_without_lists; }
  # shellcheck disable=SC2046 # Several words.
  set -- $(with_versions "$@")
  note_plan "$@"
  apt -y install --no-install-recommends "$@" && return
  update_lists
  note_plan "$@"
  try_packages apt -y install --no-install-recommends "$@"
}

# A run that was killed may have left packages half set up, or its apt may be at work still: that one is waited for.
finish_interrupted() {
  [ -n "$(dpkg --audit 2>/dev/null)" ] || return 0
  apt -y install >/dev/null
  try_packages dpkg --force-confold --configure -a </dev/null
}

apt_plan() { apt -s install --no-install-recommends "$@"; }

# What will come, and what has to go for it: noted before, as a run that is killed cannot note it afterwards.
note_plan() {
  plan=$(apt_plan "$@")
  printf '%s\n' "$plan" | sed -n 's/^Inst \([^ ]*\) (.*/\1/p' >>"$state/installed"
  gone=$(printf '%s\n' "$plan" | sed -n 's/^Remv \([^ ]*\).*/\1/p')
  for package in $gone; do
    # It comes back with `purge`. Anything else was somebody's choice.
    [ "$package" = systemd-timesyncd ] || fail "installing $* would remove $package. Remove it yourself, or have this part left alone (time: {manage: false}, engine: {source: \"present\"})"
    printf '%s\n' "$package" >>"$state/removed"
  done
}

# A mirror that does not answer, a lock that somebody holds.
try_packages() {
  "$@" 2>&1
  code=$?
  [ $code -eq 0 ] || fail_for_now "\`$*\` ended with exit code $code"
}

# Removes what this tool installed, but for what other packages have come to need.
purge() {
  [ -s "$state/installed" ] || return 0
  # shellcheck disable=SC2046 # Several words.
  set -- $(sort -u "$state/installed" | while read -r package; do is_installed "$package" && echo "$package"; done)
  [ $# -gt 0 ] || return 0
  case " $* " in *" docker.io "* | *" docker-ce "*) purge_engine ;; esac
  # What systemd did not start, it does not stop either.
  case " $* " in *" chrony "*) has_systemd || chronyc shutdown </dev/null >/dev/null 2>&1 ;; esac
  now "removing $*"
  if has apt-get; then
    # shellcheck disable=SC2046 # Several words.
    try_packages apt -y --allow-change-held-packages purge $(unneeded "$@")
    if [ -s "$state/removed" ]; then
      # shellcheck disable=SC2046 # Several words.
      try_packages apt -y install --no-install-recommends $(sort -u "$state/removed")
    fi
  else
    try_packages dnf -y remove "$@"
  fi
}

is_installed() {
  if has dpkg-query; then
    dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -q '^installed$'
  else
    rpm -q "$1" >/dev/null 2>&1
  fi
}

unneeded() {
  ours=" $* "
  if [ -z "$(others_lost "$@")" ]; then
    echo "$@"
  else
    for package in "$@"; do [ -n "$(others_lost "$package")" ] || echo "$package"; done
  fi
}

others_lost() {
  apt -s purge "$@" | sed -n 's/^\(Remv\|Purg\) \([^ ]*\).*/\2/p' | while read -r lost; do
    case $ours in *" $lost "*) ;; *) echo "$lost" ;; esac
  done
}
