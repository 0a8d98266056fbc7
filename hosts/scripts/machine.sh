# Whose the machine is, and which one: a new machine at an old address has no such file, or another one.

machine_check() {
  step=machine
  [ -s "$state/machine" ] || todo "note that it belongs to $OWNER"
}

machine_apply() {
  step=machine
  make_folder "$state"
  printf '%s\n' "$OWNER" | put "$state/owner"
  [ -s "$state/machine" ] || put "$state/machine" </proc/sys/kernel/random/uuid
  read_line "$state/machine"
  fact machine "$line"
}
