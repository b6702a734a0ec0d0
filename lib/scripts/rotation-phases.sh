# shellcheck shell=bash
# Phases of the keys of a cluster that are rotated: which generation is in use, and which are trusted. $KEY_PHASES has those that are wanted.

SECRETS_AT_REST=/usr/local/sbin/caravan-secrets-at-rest

# phase_of KEY PHASES: prints a key's phase: the generation in use, a colon, and those that are trusted.
phase_of() {
  local phase
  for phase in $2; do
    [[ ${phase%%=*} != "$1" ]] || { echo "${phase#*=}" && return; }
  done
  echo 1:1
}

# trusts PHASE GENERATION: succeeds when the generation is trusted.
trusts() { [[ ,${1#*:}, == *",$2,"* ]]; }

# is_rotated KEY: succeeds when the key was rotated, or is.
is_rotated() { [[ " $KEY_PHASES" == *" $1="* ]]; }

# drops KEY PHASES: succeeds when a generation that these phases trust is no longer wanted.
drops() {
  local generation wanted before
  wanted=$(phase_of "$1" "$KEY_PHASES") before=$(phase_of "$1" "$2")
  for generation in ${before//[:,]/ }; do
    trusts "$wanted" "$generation" || return 0
  done
  return 1
}

# write_secrets_anew SECONDS: has all Secrets in etcd written with the encryption key in use.
write_secrets_anew() {
  local phase
  phase=$(phase_of encryptionKey "$KEY_PHASES")
  "$SECRETS_AT_REST" rewrite "key${phase%%:*}" "$1"
}

# Prints namespace and name of each Secret with a token that another key signed than the one in use. Such tokens do not end by themselves.
former_tokens() {
  local id
  id=$(openssl pkey -pubin -in /etc/kubernetes/pki/sa.pub -outform DER | openssl dgst -sha256 -binary | base64 --wrap 0 | tr '+/' '-_' | tr -d '=')
  admin_kubectl get secrets --all-namespaces --field-selector type=kubernetes.io/service-account-token --output json | python3 -c '
import base64, json, sys
for secret in json.load(sys.stdin)["items"]:
    token = base64.b64decode((secret.get("data") or {}).get("token", "")).split(b".")[0]
    if token and json.loads(base64.urlsafe_b64decode(token + b"=" * (-len(token) % 4))).get("kid") != sys.argv[1]:
        print(secret["metadata"]["namespace"] + "/" + secret["metadata"]["name"])' "$id"
}

# in_words LINES: joins the first ten lines by commas.
in_words() {
  local count
  count=$(wc --lines <<<"$1")
  head -n 10 <<<"$1" | paste -s -d "," | sed "s/,/, /g$( ((count <= 10)) || echo "; s/\$/ and $((count - 10)) more/")"
}
