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

# Prints lines of namespace and time at which its pods got the CAs, where these have changed since the namespace was made.
changed_namespaces() {
  admin_kubectl get configmaps --all-namespaces --field-selector metadata.name=kube-root-ca.crt --output json --show-managed-fields | python3 -c '
import datetime, json, sys
def seconds(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
for each in json.load(sys.stdin)["items"]:
    meta = each["metadata"]
    last = max([field["time"] for field in meta.get("managedFields") or [] if field.get("time")] + [meta["creationTimestamp"]])
    if seconds(last) - seconds(meta["creationTimestamp"]) > datetime.timedelta(seconds=5):
        print(meta["namespace"], last)'
}

# print_older CHANGED PAGE: prints namespace and name of each pod in a page that runs since before its namespace got the CAs. Pods without a
# token do not read them.
print_older() {
  python3 -c '
import json, sys
with open(sys.argv[1]) as file:
    since = dict(line.split() for line in file)
def reads(pod):
    volumes = pod["spec"].get("volumes") or []
    sources = [source for volume in volumes for source in (volume.get("projected") or {}).get("sources") or []]
    return any((source.get("configMap") or {}).get("name") == "kube-root-ca.crt" for source in sources)
for pod in json.load(sys.stdin)["items"]:
    namespace = pod["metadata"]["namespace"]
    if namespace not in sys.argv[2].split() and reads(pod) and pod["status"].get("startTime", "") < since.get(namespace, ""):
        print(namespace + "/" + pod["metadata"]["name"])' "$1" "$OWN_NAMESPACES" <"$2"
}

next_page() { python3 -c 'import json, sys, urllib.parse; print(urllib.parse.quote(json.load(sys.stdin)["metadata"].get("continue") or ""))' <"$1"; }

# former_pods CHANGED: prints namespace and name of each such pod in the cluster, which may have many.
former_pods() {
  local page=$SCRATCH/pods.json next=""
  while true; do
    admin_kubectl get --raw "/api/v1/pods?limit=500&fieldSelector=status.phase%3DRunning&continue=$next" >"$page"
    print_older "$1" "$page"
    next=$(next_page "$page")
    [[ -n $next ]] || break
  done
  rm -f "$page"
}

name_former_pods() {
  local pods
  pods=$(former_pods "$1")
  [[ -z $pods ]] ||
    log "pods run since before the CAs of the API changed, and some programs read them only at their start: $(in_words "$pods"). Restart those that use the API before the next step"
}

complete_cluster_ca() {
  local changed=$SCRATCH/changed-namespaces
  run "CAs in cluster-info" publish_cluster_info
  run "CAs that extensions of the API trust for clients" publish_cas client-ca-file "$CLUSTER_CA"
  wait_for 300 "the controller manager writing the CAs into kube-root-ca.crt of each namespace" pods_get_cas
  changed_namespaces >"$changed"
  # In a new cluster, whose network plugin is not there yet, all pods have them from the beginning.
  if [[ -s $changed ]]; then
    run "new pods of the library's own workloads" restart_own_workloads
    name_former_pods "$changed"
  fi
  rm -f "$changed"
}
