#!/bin/sh
# Who answers, the config's text, and the proof that the secret is mounted (content.sh).
. /opt/demo/lib.sh
refuse_other_methods
find_format

set_number slot "$TASK_SLOT"
set_number replicas "$HTTP_X_GATEWAY_REPLICAS"
read -r now rest < /proc/uptime
export slot replicas uptime=$((${now%.*} - STARTED_AT))
export task=${TASK_ID:0:12} address=$SERVER_ADDR gateway=${HTTP_X_GATEWAY_NODE:0:64}

if [ "$format" = json ]; then
  headers "200 OK" application/json
  template=/opt/demo/status.json.template
else
  headers "200 OK" text/html
  export gateway=${gateway:-none}
  template=/opt/demo/page.html.template
fi
[ "$REQUEST_METHOD" = HEAD ] || exec awk -v format="$format" -f /opt/demo/render.awk "$template"
