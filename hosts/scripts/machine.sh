# Whose the machine is, and which one: a new machine at an old address has no such file, or another one.

machine_check() {
  step=machine
  read_line "$state/owner"
  noted=$line
  read_line "$state/identity"
  if [ ! -s "$state/machine" ] || [ "$noted" != "$OWNER" ] || [ "$line" != "$IDENTITY" ]; then
    todo "note that it belongs to $OWNER"
  fi
}

machine_apply() {
  step=machine
  make_folder "$state"
  # Two clusters may have looked at the same moment; only one of them is here at a time.
  read_line "$state/identity"
  case "$line" in
  "" | "$IDENTITY") ;;
  *) fail "another cluster has just taken this machine" ;;
  esac
  # First, so that whatever an interrupted setup left says whose it is.
  if [ -n "$IDENTITY" ]; then printf '%s\n' "$IDENTITY" | put "$state/identity"; fi
  printf '%s\n' "$OWNER" | put "$state/owner"
  [ -s "$state/machine" ] || put "$state/machine" </proc/sys/kernel/random/uuid
  read_line "$state/machine"
  fact machine "$line"
}
