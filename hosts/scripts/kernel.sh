# Kernel modules of overlay networks and of the routing mesh, and what routing needs.

kernel_modules="overlay br_netfilter vxlan ip_vs"
modules_file=/etc/modules-load.d/pulumi-swarm.conf
sysctl_file=/etc/sysctl.d/60-pulumi-swarm.conf

kernel_check() {
  step=kernel
  if [ "$KERNEL" = no ]; then
    [ ! -e "$sysctl_file" ] || todo "take back what was set in the kernel"
    return
  fi
  if ! in_container; then
    missing=
    for module in $kernel_modules; do is_loaded "$module" || missing="$missing $module"; done
    [ -z "$missing" ] || todo "load the modules$missing"
    # shellcheck disable=SC2086 # Several words.
    printf '%s\n' $kernel_modules | cmp -s - "$modules_file" || todo "load the modules at every boot"
  fi
  wrong=$(wrong_sysctls)
  [ -z "$wrong" ] || todo "set$wrong"
  sysctls | cmp -s - "$sysctl_file" || todo "set the kernel's parameters at every boot"
}

kernel_apply() {
  step=kernel
  if [ "$KERNEL" = no ]; then
    kernel_clean
    return
  fi
  if ! in_container; then
    for module in $kernel_modules; do
      is_loaded "$module" && continue
      modprobe "$module" </dev/null 2>&1 || fail "the kernel $(uname -r) has no module $module. Install the kernel's full set of modules (linux-modules-extra on Ubuntu, kernel-modules-extra on RHEL), or reboot into the kernel that is installed"
    done
    # shellcheck disable=SC2086 # Several words.
    printf '%s\n' $kernel_modules | put "$modules_file"
  fi
  sysctls | put "$sysctl_file"
  sysctls | while IFS='=' read -r key value; do
    is_below "$key" "$value" || continue
    grep -q "^$key=" "$state/sysctls" 2>/dev/null || printf '%s=%s\n' "$key" "$present" >>"$state/sysctls"
    # In a container some are those of its host.
    printf '%s' "$value" 2>/dev/null >"$file"
  done
  true
}

# Modules stay loaded until the next boot: somebody may use them by now.
kernel_clean() {
  rm -f "$modules_file" "$sysctl_file"
  [ -e "$state/sysctls" ] || return 0
  while IFS='=' read -r key value; do
    # The engine stays, and routes.
    [ "$key" = net.ipv4.ip_forward ] && has dockerd && continue
    find_file "$key"
    printf '%s' "$value" 2>/dev/null >"$file"
  done <"$state/sysctls"
  rm -f "$state/sysctls"
}

# Without other processes: it is called for every parameter of every look.
find_file() {
  rest=$1.
  file=/proc/sys
  while [ -n "$rest" ]; do
    file=$file/${rest%%.*}
    rest=${rest#*.}
  done
}

# Sets `file` and `present` as well.
is_below() {
  find_file "$1"
  [ -w "$file" ] && read -r present <"$file" && [ "$present" -lt "$2" ]
}

is_loaded() { [ -d "/sys/module/$1" ] || grep -q "^$1 " /proc/modules; }

# Each at least. Every node talks to every other one; at the default of 1024 neighbours joins fail with "no route to
# host". A member's engine sets the same numbers when its first overlay network comes (libnetwork's overlay driver).
sysctls() {
  printf '%s\n' \
    net.ipv4.ip_forward=1 \
    net.bridge.bridge-nf-call-iptables=1 \
    net.ipv4.neigh.default.gc_thresh1=8192 \
    net.ipv4.neigh.default.gc_thresh2=49152 \
    net.ipv4.neigh.default.gc_thresh3=65536
}

wrong_sysctls() {
  sysctls | while IFS='=' read -r key value; do
    if is_below "$key" "$value"; then
      in_container && case $key in net.ipv4.neigh.*) continue ;; esac
      printf ' %s=%s' "$key" "$value"
    fi
  done
}
