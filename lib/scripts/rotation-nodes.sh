# shellcheck shell=bash
# Checks of a control plane before it gets other CAs of the cluster: no worker may be cut off. Each tells on its Node which CAs it has.

# Prints lines of worker and its CAs: the id of the one that signed its certificates, a colon, and those that it trusts.
print_node_cas() {
  admin_kubectl get nodes --selector '!node-role.kubernetes.io/control-plane' --output \
    'jsonpath={range .items[*]}{.metadata.name} {.metadata.annotations.caravan\.dev/cluster-cas}{"\n"}{end}'
}

# Prints the ids of the CAs in the files that this machine is to get.
wanted_cas() { awk '$2 == "/etc/kubernetes/pki/ca.crt" { print $3 }' <<<"$FILES" | base64 --decode | ca_ids; }

# drops_former PHASES: succeeds when the generation that these phases trust, and that is no longer wanted, is older than the one in use.
drops_former() {
  local generation wanted before
  wanted=$(phase_of clusterCa "$KEY_PHASES") before=$(phase_of clusterCa "$1")
  for generation in ${before//[:,]/ }; do
    trusts "$wanted" "$generation" || ((generation > ${wanted%%:*})) || return 0
  done
  return 1
}

# refuse_cutting_off PHASES: fails when a worker does not trust the CA that is to be used, or has certificates of one that is to be dropped.
# One that tells nothing has the first, unless it is gone.
refuse_cutting_off() {
  local nodes node cas wanted used new="" strict="" blind="" bound=""
  [[ $(phase_of clusterCa "$KEY_PHASES") != "$(phase_of clusterCa "$1")" ]] || return 0
  nodes=$(print_node_cas) || fail "the Kubernetes API does not tell which CAs the workers have; look at kube-apiserver and etcd there"
  wanted=$(wanted_cas)
  used=${wanted%%$'\n'*}
  [[ $used == "$(ids_in "$PKI/ca.crt" | head -n 1)" ]] || new=yes
  ! drops_former "$1" || strict=yes
  while read -r node cas; do
    [[ -n $node ]] || continue
    if [[ -n $new && ,${cas#*:}, != *",$used,"* ]]; then blind+=$node$'\n'; fi
    if [[ -n $cas && $'\n'$wanted$'\n' != *$'\n'${cas%%:*}$'\n'* ]] || [[ -z $cas && -n $strict ]]; then bound+=$node$'\n'; fi
  done <<<"$nodes"
  [[ -z $blind ]] ||
    fail "clusterCa: another generation is to be used, and nodes do not trust it yet: $(in_words "${blind%$'\n'}"); go back to the step before, see that it ends for their pools, and delete the Nodes whose machines are gone"
  [[ -z $bound ]] ||
    fail "clusterCa: a generation is to be dropped, and nodes have certificates of it: $(in_words "${bound%$'\n'}"); go back to the step before, see that it ends for their pools, and delete the Nodes whose machines are gone"
}

# A machine that joins gets kubeconfigs that trust only the CA in use, because kubeadm writes only the first into them.
check_joining_ca() {
  local peer first=$SCRATCH/ca-in-use.crt ids
  ids=$(ids_in "$PKI/ca.crt")
  [[ $ids == *$'\n'* ]] || return 0
  openssl x509 -in "$PKI/ca.crt" >"$first"
  for peer in $PEERS; do
    ! answers "$peer" || answers "$peer" "$first" ||
      fail "clusterCa: the API server at $peer has a certificate of another generation than the one in use, so no control plane can join; use the other generation again, run pulumi up, and then go on"
  done
  rm -f "$first"
}
