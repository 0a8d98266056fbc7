# Sourced by the CGI scripts. They start as few processes as they can: a page that many ask shares its machine.

# headers STATUS TYPE
headers() {
  printf 'Status: %s\r\nContent-Type: %s; charset=utf-8\r\nCache-Control: no-store\r\n' "$1" "$2"
  printf 'X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n'
  printf "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'\r\n"
  case "$1" in 405*) printf 'Allow: GET, HEAD\r\n' ;; 503*) printf 'Retry-After: 1\r\n' ;; esac
  printf '\r\n'
}

# respond STATUS TYPE < body: the whole answer, without its body for HEAD.
respond() {
  headers "$@"
  if [ "$REQUEST_METHOD" != HEAD ]; then cat; fi
}

# Sets `format`: json or html.
find_format() {
  case "$SCRIPT_NAME?&$QUERY_STRING&" in
    */status.json\?* | *'&format=json&'*) format=json ;;
    *) format=html ;;
  esac
}

# set_number NAME TEXT: 0 for what is no number.
set_number() {
  case "$2" in '' | *[!0-9]*) eval "$1=0" ;; *) eval "$1=\$2" ;; esac
}

refuse_other_methods() {
  case "$REQUEST_METHOD" in
    GET | HEAD) ;;
    *) echo "Only GET and HEAD are served here." | respond "405 Method Not Allowed" text/plain; exit 0 ;;
  esac
}
