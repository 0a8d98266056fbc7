# Docker's own repository, as https://docs.docker.com/engine/install/ has it for each distribution, and its key.

# Published on those pages; RPM says it again when it takes the key. In lower case, without spaces.
docker_apt_key=9dc858229fc7dd38854ae2d88d81803c0ebfcd88
docker_rpm_key=060a61c51b558a7f742b77aac52feb6b621e9f35

add_docker_repository() {
  if has apt-get; then add_apt_repository; else add_rpm_repository; fi
}

add_apt_repository() {
  docker_list=/etc/apt/sources.list.d/pulumi-swarm-docker.list
  apt-cache show docker-ce >/dev/null 2>&1 || [ -e "$docker_list" ] && return
  now "adding Docker's repository"
  has curl || install_packages curl ca-certificates
  # Raspberry Pi OS on 64 bits takes Debian's.
  fetch_docker_key "https://download.docker.com/linux/$ID/gpg" "$docker_apt_key"
  # What was looked at, not what was downloaded: apt may read more of that than we did.
  put /etc/apt/keyrings/pulumi-swarm-docker.gpg <"$state/docker.gpg"
  printf 'deb [signed-by=/etc/apt/keyrings/pulumi-swarm-docker.gpg] https://download.docker.com/linux/%s %s stable\n' "$ID" "$VERSION_CODENAME" | put "$docker_list"
  printf '%s\n' "$docker_list" /etc/apt/keyrings/pulumi-swarm-docker.gpg >>"$state/files"
  update_lists
}

# Written here, as the file that Docker offers names a key that would be taken unseen.
add_rpm_repository() {
  docker_list=/etc/yum.repos.d/docker-ce.repo
  [ -e "$docker_list" ] && return
  now "adding Docker's repository"
  has curl || install_packages curl
  docker_base=https://download.docker.com/linux/$(if [ "$ID" = rhel ]; then echo rhel; else echo centos; fi)
  fetch_docker_key "$docker_base/gpg" "$docker_rpm_key"
  put /etc/pki/rpm-gpg/pulumi-swarm-docker.asc <"$state/docker.asc"
  {
    printf '[docker-ce-stable]\nname=Docker CE Stable - $basearch\nbaseurl=%s/$releasever/$basearch/stable\n' "$docker_base"
    printf 'enabled=1\ngpgcheck=1\ngpgkey=file:///etc/pki/rpm-gpg/pulumi-swarm-docker.asc\n'
  } | put "$docker_list"
  printf '%s\n' "$docker_list" /etc/pki/rpm-gpg/pulumi-swarm-docker.asc >>"$state/files"
}

# Leaves the key in $state, as it came and decoded, if it is the one of that fingerprint and nothing else.
fetch_docker_key() {
  download "$1" "$state/docker.asc" || fail_for_now "Docker's repository is out of reach"
  dearmor "$state/docker.asc" >"$state/docker.gpg" && found="is the key $(key_fingerprint "$state/docker.gpg")" || found="holds not one key"
  [ "$found" = "is the key $2" ] && return
  rm -f "$state/docker.asc" "$state/docker.gpg"
  fail "what $1 answers $found, and not Docker's, $2. It was not installed: somebody may be in between. Compare it with https://docs.docker.com/engine/install/"
}

# One block of text to bytes. Without gpg, which a small system has not.
dearmor() {
  [ "$(grep -c '^-----BEGIN' "$1")" = 1 ] || return 1
  tr -d '\r' <"$1" | sed -n '/^-----BEGIN PGP PUBLIC KEY BLOCK-----$/,/^-----END PGP PUBLIC KEY BLOCK-----$/p' |
    sed -e '1,/^$/d' -e '/^=/d' -e '/^-----/d' | base64 -d 2>/dev/null
}

# SHA-1 of 0x99, the length and the body of the packet (RFC 4880, 12.2). A second key in the file would be trusted as well.
key_fingerprint() {
  parts=$(packets "$1") || return 1
  [ "$(printf '%s\n' "$parts" | grep -c '^6 ')" = 1 ] || return 1
  # shellcheck disable=SC2046 # Three words: the kind, where the body starts, its length.
  set -- "$1" $(printf '%s\n' "$parts" | grep '^6 ')
  {
    # shellcheck disable=SC2059 # Three bytes.
    printf "$(printf '\\%03o' 153 $(($4 / 256)) $(($4 % 256)))"
    tail -c +$(($3 + 1)) "$1" | head -c "$4"
  } | sha1sum | cut -d ' ' -f 1
}

# Kind, start and length of each packet (RFC 4880, 4.2); 6 is a public key.
packets() {
  od -An -v -tu1 "$1" | awk '
    BEGIN { n = 0; at = 0 }
    { for (i = 1; i <= NF; i++) byte[n++] = $i }
    function number(from, count, value) {
      for (value = 0; count > 0; count--) value = value * 256 + byte[from++]
      return value
    }
    END {
      while (at < n) {
        head = byte[at]; first = byte[at + 1]
        if (head < 128) exit 1
        if (head >= 192) {
          kind = head - 192
          if (first < 192) { start = at + 2; size = first }
          else if (first < 224) { start = at + 3; size = (first - 192) * 256 + byte[at + 2] + 192 }
          else if (first == 255) { start = at + 6; size = number(at + 2, 4) }
          else exit 1
        } else {
          kind = int((head - 128) / 4)
          if (head % 4 == 3) exit 1
          bytes = 2 ^ (head % 4)
          start = at + 1 + bytes; size = number(at + 1, bytes)
        }
        print kind, start, size
        at = start + size
      }
      exit at != n
    }'
}
