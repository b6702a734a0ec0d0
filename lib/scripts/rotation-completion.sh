# shellcheck shell=bash
# Completes a step of a rotation when all control planes have it. Runs on a control plane.

export DRAIN_SECONDS=0

# Seconds in which all Secrets are written anew: 20,000 take two minutes.
readonly REWRITE_SECONDS=3000

# authentication_patch KEY CAS: prints the certificates of a file as JSON for a patch of the ConfigMap that extensions of the API read; nothing
# when the ConfigMap has no other certificate by that key. API servers add to it and never remove any.
authentication_patch() {
  admin_kubectl --namespace kube-system get configmap extension-apiserver-authentication --output json | python3 -c '
import json, re, sys
def certificates(text):
    return {"".join(each.split()) for each in re.findall("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----", text)}
key = sys.argv[1]
with open(sys.argv[2]) as file:
    own = file.read()
published = (json.load(sys.stdin).get("data") or {}).get(key, "")
if certificates(published) - certificates(own):
    print(json.dumps({"data": {key: own}}))' "$1" "$2"
}

# publish_cas KEY CAS: removes CAs that are no longer trusted from what extensions of the API read. An API server that was about to write may
# bring them back.
publish_cas() {
  local steady=0 deadline=$((SECONDS + 120)) file
  file=$(mktemp "$SCRATCH/authentication.XXXXXX")
  while ((steady < 3)); do
    ((SECONDS < deadline)) || fail "API servers bring a dropped CA back into the ConfigMap extension-apiserver-authentication; look whether each has restarted"
    authentication_patch "$1" "$2" >"$file"
    if [[ -s $file ]]; then
      steady=0
      admin_kubectl --namespace kube-system patch configmap extension-apiserver-authentication --type merge --patch-file "$file" >/dev/null
    else
      steady=$((steady + 1))
    fi
    sleep 2
  done
  rm -f "$file"
}

name_former_tokens() {
  local tokens
  tokens=$(former_tokens)
  [[ -z $tokens ]] ||
    log "Secrets have tokens of a former key, which end when it is dropped: $(in_words "$tokens"). Remove data.token from each, so that it gets a new one, and give that to its users"
}

complete_rotation() {
  ! is_rotated encryptionKey || run "all Secrets under the encryption key in use" write_secrets_anew "$REWRITE_SECONDS"
  ! is_rotated frontProxyCa || run "CAs that extensions of the API trust" publish_cas requestheader-client-ca-file /etc/kubernetes/pki/front-proxy-ca.crt
  ! is_rotated clusterCa || complete_cluster_ca
  ! is_rotated serviceAccountKey || name_former_tokens
}
