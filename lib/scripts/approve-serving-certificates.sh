#!/usr/bin/env bash
# Approves what kubelets ask for their serving certificates, each only for its own node's name and addresses.
# Kubernetes leaves this to the operator; without it `kubectl logs`, `exec` and metrics could not verify kubelets.
set -euo pipefail
export KUBECONFIG=/etc/kubernetes/admin.conf

requests() {
  kubectl get certificatesigningrequests --field-selector spec.signerName=kubernetes.io/kubelet-serving --output \
    'jsonpath={range .items[*]}{.metadata.name} {.spec.username} {.status.conditions[*].type} {.spec.request}{"\n"}{end}'
}

# Whether a request (PEM on standard input) names the node and nothing but the node.
names_only() {
  local node=$1 addresses=$2 request name
  request=$(openssl req -noout -subject -nameopt RFC2253 -text)
  grep -q "^subject=CN=system:node:$node,O=system:nodes\$" <<<"$request" || return 1
  for name in $(grep -A1 'X509v3 Subject Alternative Name' <<<"$request" | tail -n 1 | sed 's/IP Address:/IP:/g; s/,//g'); do
    case $name in
      "DNS:$node") ;;
      IP:*) [[ " $addresses " == *" ${name#IP:} "* ]] || return 1 ;;
      *) return 1 ;;
    esac
  done
}

while read -r name user condition request; do
  # A request with a condition is decided already; one without has its content in that place.
  [[ -z $request && -n $condition ]] || continue
  node=${user#system:node:}
  # A request may outlive its node, and must not keep others waiting.
  addresses=$(kubectl get node "$node" --output 'jsonpath={.status.addresses[*].address}') || continue
  if base64 --decode <<<"$condition" | names_only "$node" "$addresses"; then
    kubectl certificate approve "$name"
  else
    echo "request $name of $user names more than its own node: left alone" >&2
  fi
done < <(requests)
