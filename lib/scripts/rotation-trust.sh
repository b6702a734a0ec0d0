# shellcheck shell=bash
# Tells the cluster which CAs of its API are trusted, when all control planes have them. Runs on a control plane.

# Namespaces of the library's own workloads, which are started again.
readonly OWN_NAMESPACES="kube-system kube-flannel"

# Gives those the CAs who read them before they join.
publish_cluster_info() {
  local info=$SCRATCH/cluster-info.yaml patch=$SCRATCH/cluster-info.json
  admin_kubectl --namespace kube-public get configmap cluster-info --ignore-not-found --output 'jsonpath={.data.kubeconfig}' >"$info"
  if [[ -s $info ]] && ! trusts_cas "$info" "$CLUSTER_CA"; then
    trust_cas "$info" "$CLUSTER_CA"
    python3 -c 'import json, sys; print(json.dumps({"data": {"kubeconfig": sys.stdin.read()}}))' <"$info" >"$patch"
    admin_kubectl --namespace kube-public patch configmap cluster-info --type merge --patch-file "$patch" >/dev/null
  fi
  rm -f "$info" "$patch"
}

# Prints the namespaces whose pods do not get exactly these CAs.
namespaces_without_cas() {
  admin_kubectl get configmaps --all-namespaces --field-selector metadata.name=kube-root-ca.crt --output json | python3 -c '
import json, re, sys
def certificates(text):
    return {"".join(each.split()) for each in re.findall("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----", text)}
with open(sys.argv[1]) as file:
    own = certificates(file.read())
for each in json.load(sys.stdin)["items"]:
    if certificates((each.get("data") or {}).get("ca.crt", "")) != own:
        print(each["metadata"]["namespace"])' "$CLUSTER_CA"
}

pods_get_cas() { local left && left=$(namespaces_without_cas) && [[ -z $left ]]; }

# Prints lines of namespace, workload and how it replaces its pods.
own_workloads() {
  local namespace
  for namespace in $OWN_NAMESPACES; do
    admin_kubectl --namespace "$namespace" get daemonsets,deployments --output \
      'jsonpath={range .items[*]}{.metadata.namespace} {.kind}/{.metadata.name} {.spec.updateStrategy.type}{.spec.strategy.type}{"\n"}{end}'
  done
}

# Starts the pods of own workloads again, once for these CAs in whichever order: many read them only at their start.
restart_own_workloads() {
  local namespace workload strategy workloads digest patch=$SCRATCH/restart.json
  digest=$(ids_in "$CLUSTER_CA" | sort | paste -s -d "-")
  printf '{"spec":{"template":{"metadata":{"annotations":{"caravan.dev/cluster-cas":"%s"}}}}}' "$digest" >"$patch"
  workloads=$(own_workloads)
  while read -r namespace workload strategy; do
    [[ -n $namespace ]] || continue
    admin_kubectl --namespace "$namespace" patch "$workload" --type merge --patch-file "$patch" >/dev/null </dev/null
    [[ $strategy != OnDelete ]] || progress "the pods of $namespace/$workload are not replaced by themselves (OnDelete); delete them one after another before the next step"
  done <<<"$workloads"
  rm -f "$patch"
  while read -r namespace workload strategy; do
    [[ -n $namespace && $strategy != OnDelete ]] || continue
    wait_for 2700 "the new pods of $namespace/$workload" \
      admin_kubectl --namespace "$namespace" rollout status "$workload" --timeout 25s
  done <<<"$workloads"
}

# Prints namespace and name of each other pod that runs since before its namespace got the CAs. Pods without a token do not use them.
former_pods() {
  admin_kubectl get configmaps --all-namespaces --field-selector metadata.name=kube-root-ca.crt --output json --show-managed-fields >"$SCRATCH/root-cas.json"
  admin_kubectl get pods --all-namespaces --field-selector status.phase=Running --output json | python3 -c '
import json, sys
with open(sys.argv[1]) as file:
    maps = json.load(file)["items"]
since = {each["metadata"]["namespace"]: max([field.get("time", "") for field in each["metadata"].get("managedFields", [])] + [each["metadata"]["creationTimestamp"]]) for each in maps}
def reads(pod):
    return any(source.get("configMap", {}).get("name") == "kube-root-ca.crt" for volume in pod["spec"].get("volumes", []) for source in volume.get("projected", {}).get("sources", []))
for pod in json.load(sys.stdin)["items"]:
    namespace = pod["metadata"]["namespace"]
    if namespace not in sys.argv[2].split() and reads(pod) and pod["status"].get("startTime", "") < since.get(namespace, ""):
        print(namespace + "/" + pod["metadata"]["name"])' "$SCRATCH/root-cas.json" "$OWN_NAMESPACES"
  rm -f "$SCRATCH/root-cas.json"
}

name_former_pods() {
  local pods
  pods=$(former_pods)
  [[ -z $pods ]] ||
    log "pods run since before the CAs of the API changed, and some programs read them only at their start: $(in_words "$pods"). Restart those that use the API before the next step"
}

complete_cluster_ca() {
  run "CAs in cluster-info" publish_cluster_info
  run "CAs that extensions of the API trust for clients" publish_cas client-ca-file "$CLUSTER_CA"
  wait_for 300 "the controller manager writing the CAs into kube-root-ca.crt of each namespace" pods_get_cas
  run "new pods of the library's own workloads" restart_own_workloads
  name_former_pods
}
