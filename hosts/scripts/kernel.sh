# Kernel modules of overlay networks and of the routing mesh, and what routing needs.

kernel_modules="overlay br_netfilter vxlan ip_vs"

kernel_check() {
  step=kernel
  [ "$KERNEL" = no ] && return
  if ! in_container; then
    missing=
    for module in $kernel_modules; do is_loaded "$module" || missing="$missing $module"; done
    [ -z "$missing" ] || todo "load the modules$missing"
    printf '%s\n' $kernel_modules | cmp -s - /etc/modules-load.d/pulumi-swarm.conf || todo "load the modules at every boot"
  fi
  wrong=$(wrong_sysctls)
  [ -z "$wrong" ] || todo "set$wrong"
}

kernel_apply() {
  step=kernel
  [ "$KERNEL" = no ] && return
  if ! in_container; then
    for module in $kernel_modules; do
      is_loaded "$module" && continue
      modprobe "$module" </dev/null 2>&1 || fail "the kernel $(uname -r) has no module $module. Install the kernel's full set of modules (linux-modules-extra on Ubuntu, kernel-modules-extra on RHEL), or reboot into the kernel that is installed"
    done
    printf '%s\n' $kernel_modules | put /etc/modules-load.d/pulumi-swarm.conf
  fi
  sysctls | put /etc/sysctl.d/60-pulumi-swarm.conf
  sysctls | while IFS='=' read -r key value; do
    file=/proc/sys/$(echo "$key" | tr . /)
    # In a container some are those of the host, or not to be seen at all.
    [ -w "$file" ] && printf '%s' "$value" >"$file" 2>/dev/null
  done
  true
}

is_loaded() { [ -d "/sys/module/$1" ] || grep -q "^$1 " /proc/modules; }

# Every node talks to every other one; at the default of 1024 neighbours joins fail with "no route to host".
sysctls() {
  cat <<'SYSCTLS'
net.ipv4.ip_forward=1
net.bridge.bridge-nf-call-iptables=1
net.ipv4.neigh.default.gc_thresh1=4096
net.ipv4.neigh.default.gc_thresh2=8192
net.ipv4.neigh.default.gc_thresh3=16384
SYSCTLS
}

wrong_sysctls() {
  sysctls | while IFS='=' read -r key value; do
    file=/proc/sys/$(echo "$key" | tr . /)
    if [ -w "$file" ] && [ "$(cat "$file")" != "$value" ]; then
      in_container && case $key in net.ipv4.neigh.*) continue ;; esac
      printf ' %s=%s' "$key" "$value"
    fi
  done
}
