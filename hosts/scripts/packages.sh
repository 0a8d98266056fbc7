# All missing packages in one go: what takes longest is asking the mirrors.

packages_check() {
  step=packages
  missing=$(missing_packages)
  [ -z "$missing" ] || todo "install$missing"
}

packages_apply() {
  step=packages
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
