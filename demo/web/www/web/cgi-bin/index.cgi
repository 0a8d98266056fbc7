#!/bin/sh
# Who answers, the config's text, and the proof that the secret is mounted.
. /opt/demo/lib.sh
refuse_other_methods

config=/etc/demo/greeting
secret=/run/secrets/password
shown_bytes=4096

size() { stat -L -c %s "$1" 2>/dev/null || echo 0; }
number() { case "$1" in '' | *[!0-9]*) echo 0 ;; *) echo "$1" ;; esac; }

# The final x keeps the text's own last newlines.
config_text() { head -c "$shown_bytes" "$config" 2>/dev/null | tr -d '\000'; printf x; }

export config_bytes=$(size "$config")
text=$(config_text)
export config_text=${text%x}

export secret_bytes=$(size "$secret") secret_mode= secret_filesystem= secret_fingerprint= secret_mounted=false
if [ -r "$secret" ]; then
  secret_mounted=true
  secret_mode=0$(stat -L -c %a "$secret")
  secret_filesystem=$(stat -f -c %T "$secret")
  secret_fingerprint=$(sha256sum < "$secret" | head -c 8)
fi

export slot=$(number "$TASK_SLOT")
export uptime=$(($(date +%s) - STARTED_AT))
export task=$(printf %.12s "$TASK_ID")
export address=$SERVER_ADDR
export gateway=$(printf %.64s "$HTTP_X_GATEWAY_NODE")
export replicas=$(number "$HTTP_X_GATEWAY_REPLICAS")

if [ "$(wanted)" = json ]; then
  awk -v format=json -f /opt/demo/render.awk /opt/demo/status.json.template | respond "200 OK" application/json
else
  export secret_shown=$([ "$secret_mounted" = true ] && echo yes || echo no)
  export gateway=${gateway:-none}
  awk -v format=html -f /opt/demo/render.awk /opt/demo/page.html.template | respond "200 OK" text/html
fi
