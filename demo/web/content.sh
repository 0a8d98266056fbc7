# Sourced when a task starts: what the page shows of config and secret. Neither changes while the task runs, as a new
# version of either comes with a new task, so no request has to look again.
config=/etc/demo/greeting
secret=/run/secrets/password
shown_bytes=4096

size() { stat -L -c %s "$1" 2>/dev/null || echo 0; }

# The final x keeps the text's own last newlines.
config_text() { head -c "$shown_bytes" "$config" 2>/dev/null | tr -d '\000'; printf x; }

export config_bytes=$(size "$config")
text=$(config_text)
export config_text=${text%x}

export secret_bytes=$(size "$secret") secret_mode= secret_filesystem= secret_fingerprint= secret_mounted=false secret_shown=no
if [ -r "$secret" ]; then
  secret_mounted=true
  secret_shown=yes
  secret_mode=0$(stat -L -c %a "$secret")
  secret_filesystem=$(stat -f -c %T "$secret")
  secret_fingerprint=$(sha256sum < "$secret" | head -c 8)
fi
