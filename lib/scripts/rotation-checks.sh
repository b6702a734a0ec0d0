# shellcheck shell=bash
# Checks of a control plane before it gets other keys: a key is used only when all control planes trust it, and dropped only when none uses
# it and nothing is left under it.

export DRAIN_SECONDS=0

# Record of the phases that each control plane has, by its name, after the time at which it got them.
readonly KEY_RECORD=caravan-key-phases

# Phases that this machine has.
readonly OWN_PHASES=$STATE/key-phases

# Phases that were wanted when they were checked last.
readonly CHECKED_PHASES=$STATE/key-phases-checked

# Seconds for which tokens of service accounts are valid, and a margin. Extended tokens are off.
readonly TOKEN_SECONDS=3700

# Prints lines of control plane, time and phases, for all that are nodes. One that never recorded any has the first generations.
print_key_records() {
  local names records
  names=$(admin_kubectl get nodes --selector node-role.kubernetes.io/control-plane --output 'jsonpath={range .items[*]}{.metadata.name}{"\n"}{end}') || return 1
  # shellcheck disable=SC2016 # a template of kubectl's
  records=$(admin_kubectl --namespace kube-system get configmap "$KEY_RECORD" --ignore-not-found --output \
    'go-template={{range $node, $phases := .data}}{{$node}} {{$phases}}{{"\n"}}{{end}}') || return 1
  awk 'NR == FNR { record[$1] = $0; next } $1 != "" { print ($1 in record) ? record[$1] : $1 " 0" }' <(echo "$records") <(echo "$names")
}

# refuse_jump KEY NODE PHASES: fails when a control plane with these phases could not work with others that have the wanted ones.
refuse_jump() {
  local wanted had
  wanted=$(phase_of "$1" "$KEY_PHASES") had=$(phase_of "$1" "$3")
  trusts "$had" "${wanted%%:*}" ||
    fail "$1: generation ${wanted%%:*} is to be used, and $2 does not trust it yet; use generation ${had%%:*}, trust both, and run again, then use ${wanted%%:*}"
  trusts "$wanted" "${had%%:*}" ||
    fail "$1: generation ${had%%:*} is not to be trusted any more, and $2 still uses it; trust both and use ${wanted%%:*}, run again, then drop ${had%%:*}"
}

# refuse_dropping_tokens RECORDS: fails while tokens of the key that is to be dropped may be in use.
refuse_dropping_tokens() {
  local node time phases left tokens
  while read -r node time phases; do
    # One that has dropped it already signs with the new one for as long as the others.
    [[ $(phase_of serviceAccountKey "$phases") != "$(phase_of serviceAccountKey "$KEY_PHASES")" ]] || continue
    left=$((time + TOKEN_SECONDS - $(date +%s)))
    ((left <= 0)) || fail "serviceAccountKey: tokens that $node signed before are valid for $((left / 60 + 1)) more minutes; trust both generations until then"
  done <<<"$1"
  tokens=$(former_tokens) || fail "serviceAccountKey: the Secrets with tokens were not read; run again"
  [[ -z $tokens ]] ||
    fail "serviceAccountKey: Secrets have tokens of the generation that is to be dropped: $(in_words "$tokens"); remove data.token from each, so that it gets a new one, and give that to its users"
}

own_phases() { cat "$OWN_PHASES" 2>/dev/null || true; }

# key_phases_changed: succeeds when this machine has other phases than those that are wanted.
key_phases_changed() { [[ $(own_phases) != "$KEY_PHASES" ]]; }

# were_checked: succeeds after an interrupted change with the wanted phases. It may have left the API without an answer.
were_checked() { [[ -d $BEFORE && $(cat "$CHECKED_PHASES" 2>/dev/null) == "$KEY_PHASES" ]]; }

begin_rotation() {
  ! has_expired || renew_when_due
  run "keys that the other control planes have" check_key_phases
}

check_key_phases() {
  local records node phases key own
  own=$(own_phases)
  if ! records=$(print_key_records); then
    ! were_checked || return 0
    fail "the Kubernetes API does not answer on this control plane, so it is not known which keys the others have; look at kube-apiserver and etcd there"
  fi
  while read -r node _ phases; do
    for key in $(tr ' ' '\n' <<<"$KEY_PHASES $phases" | sed -n 's/=.*//p' | sort --unique); do refuse_jump "$key" "$node" "$phases"; done
  done <<<"$records"
  refuse_cutting_off "$own"
  ! drops serviceAccountKey "$own" || refuse_dropping_tokens "$records"
  # Again, because a snapshot of etcd may have been restored since.
  ! drops encryptionKey "$own" || write_secrets_anew 1200
  echo "$KEY_PHASES" >"$CHECKED_PHASES.new"
  mv "$CHECKED_PHASES.new" "$CHECKED_PHASES"
}

# Records the phases that this machine has, once it uses no certificate of a former CA.
record_key_phases() {
  local file former
  former=$(former_certificates | cut -d " " -f 1 | paste -s -d " ")
  [[ -z $former ]] || fail "certificates of a former CA are still in use, because their renewal was put off: $former; run again"
  file=$(mktemp "$SCRATCH/key-phases.XXXXXX")
  printf '{"data":{"%s":"%s %s"}}' "$NODE_NAME" "$(date +%s)" "$KEY_PHASES" >"$file"
  put_record "$KEY_RECORD" "$file"
  rm -f "$file"
  echo "$KEY_PHASES" >"$OWN_PHASES.new"
  mv "$OWN_PHASES.new" "$OWN_PHASES"
}
