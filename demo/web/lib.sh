# Sourced by the CGI scripts.

# respond STATUS TYPE < body: the whole answer, without its body for HEAD.
respond() {
  printf 'Status: %s\r\nContent-Type: %s; charset=utf-8\r\nCache-Control: no-store\r\n' "$1" "$2"
  printf 'X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n'
  printf "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'\r\n"
  case "$1" in 405*) printf 'Allow: GET, HEAD\r\n' ;; 503*) printf 'Retry-After: 1\r\n' ;; esac
  printf '\r\n'
  if [ "$REQUEST_METHOD" != HEAD ]; then cat; fi
}

# wanted: json or html.
wanted() {
  case "$SCRIPT_NAME?&$QUERY_STRING&" in
    */status.json\?* | *'&format=json&'*) echo json ;;
    *) echo html ;;
  esac
}

refuse_other_methods() {
  case "$REQUEST_METHOD" in
    GET | HEAD) ;;
    *) echo "Only GET and HEAD are served here." | respond "405 Method Not Allowed" text/plain; exit 0 ;;
  esac
}
