# Volumes whose files lie in folders that outlive the engine. VOLUMES has a line for each: its name, a space, its folder.

volumes_check() {
  step=volumes
  [ -n "$VOLUMES" ] || return 0
  while read -r name folder; do
    [ -d "$folder" ] || todo "make the folder $folder"
    [ "$(seen_volume "$name")" = "local none bind $folder" ] || todo "make the volume $name, whose files lie in $folder"
  done <<LINES
$VOLUMES
LINES
}

volumes_apply() {
  step=volumes
  [ -n "$VOLUMES" ] || return 0
  while read -r name folder; do
    make_folder "$folder"
    found=$(seen_volume "$name")
    if [ "$found" = "local none bind $folder" ]; then continue; fi
    [ -z "$found" ] || take_off_volume "$name" "$folder"
    run ask_engine volume create --driver local --opt type=none --opt o=bind --opt "device=$folder" \
      --label "pulumi-swarm.identity=$IDENTITY" --label "pulumi-swarm.disk=$folder" "$name" >/dev/null
  done <<LINES
$VOLUMES
LINES
}

# Its folders stay.
volumes_clean() {
  has docker || return 0
  ask_engine volume ls --quiet --filter "label=pulumi-swarm.identity=$IDENTITY" --filter label=pulumi-swarm.disk 2>/dev/null |
    while read -r name; do ask_engine volume rm "$name" >/dev/null 2>&1; done
  true
}

# Its driver, and where its files lie; empty where there is none.
seen_volume() {
  ask_engine volume inspect --format '{{.Driver}} {{index .Options "type"}} {{index .Options "o"}} {{index .Options "device"}}' "$1" 2>/dev/null
}

# One that was made here for another folder has no files of its own.
take_off_volume() {
  theirs=$(ask_engine volume inspect --format '{{index .Labels "pulumi-swarm.disk"}}' "$1" 2>/dev/null)
  [ -n "$theirs" ] || fail "there is a volume $1 already, whose files do not lie in $2. It was left as it is. Copy its files there and remove it (docker volume rm $1), or choose another name for the volume of the pool"
  ask_engine volume rm "$1" >/dev/null 2>&1 || fail "the volume $1 has its files in $theirs, and a container uses it. Nothing was moved. Stop the services that have it, copy the files to $2 where they are wanted, and run the same command again"
}
