#!/bin/sh
# Passes the request to a replica of $UPSTREAM chosen at random, and to another one when that does not answer.
. /opt/demo/lib.sh
refuse_other_methods
find_format
[ "$format" = json ] && type=application/json || type=text/html

set -- $(nslookup -type=a "tasks.$UPSTREAM" 2>/dev/null | awk '/^Name:/ { answer = 1 } answer && /^Address/ { print $NF }' | shuf)
replicas=$#
tries=4
for replica; do
  [ $((tries -= 1)) -ge 0 ] || break
  answer=$(timeout 2 wget -q -T 1 -O - \
    --header "X-Gateway-Node: $NODE" --header "X-Gateway-Replicas: $replicas" \
    "http://$replica:8080/?format=$format" 2>/dev/null) || continue
  headers "200 OK" "$type"
  [ "$REQUEST_METHOD" = HEAD ] || printf '%s\n' "$answer"
  exit 0
done

if [ "$format" = json ]; then
  echo '{ "error": "no replica answers" }'
else
  echo '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>No replica yet</title>'
  echo '<p style="font:1.2rem system-ui;margin:4rem">No replica answers yet. Trying again in two seconds …</p>'
fi | respond "503 Service Unavailable" "$type"
