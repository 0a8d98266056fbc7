# Fills {{name}} with the environment variable of that name, escaped for the wanted -v format=html|json.
# Works on bytes; what is no UTF-8 becomes U+FFFD, so that the page and the JSON always are.
BEGIN {
  for (i = 1; i < 256; i++) code[sprintf("%c", i)] = i
}

function escape(text,    result, i, size) {
  result = ""
  for (i = 1; i <= length(text); i += size ? size : 1) {
    size = character_size(text, i)
    result = result (size == 0 ? "\357\277\275" : size > 1 ? substr(text, i, size) : escape_ascii(substr(text, i, 1)))
  }
  return result
}

# 0 where no UTF-8 character starts.
function character_size(text, start,    first, size, i, next_code) {
  first = code[substr(text, start, 1)]
  size = first < 128 ? 1 : first < 194 ? 0 : first < 224 ? 2 : first < 240 ? 3 : first < 245 ? 4 : 0
  for (i = 1; i < size; i++) {
    next_code = code[substr(text, start + i, 1)]
    if (next_code < 128 || next_code > 191) return 0
  }
  return size
}

function escape_ascii(c) {
  return format == "json" ? json_char(c) : html_char(c)
}

function json_char(c) {
  if (c == "\"" || c == "\\") return "\\" c
  return code[c] < 32 ? sprintf("\\u%04x", code[c]) : c
}

function html_char(c) {
  if (c == "&") return "&amp;"
  if (c == "<") return "&lt;"
  if (c == ">") return "&gt;"
  if (c == "\"") return "&quot;"
  if (c == "'") return "&#39;"
  if (c == "\n" || c == "\t") return c
  return code[c] < 32 || code[c] == 127 ? "" : c
}

{
  line = $0
  while (match(line, /\{\{[a-zA-Z_]+\}\}/)) {
    printf "%s%s", substr(line, 1, RSTART - 1), escape(ENVIRON[substr(line, RSTART + 2, RLENGTH - 4)])
    line = substr(line, RSTART + RLENGTH)
  }
  print line
}
