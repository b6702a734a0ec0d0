# shellcheck shell=bash
# Begins the change of one of a pool's nodes: waits until it may be out of service, and drains it if its kubelet will be upgraded. Runs on
# a control plane.

begin_node_change() {
  env "NODE_NAME=$NODE_NAME" "RUN=$RUN" "OWNER=$OWNER" "POOL=$POOL" "CANDIDATES=$CANDIDATES" "KUBERNETES_VERSION=$KUBERNETES_VERSION" \
    "MAX_UNAVAILABLE=$MAX_UNAVAILABLE" "DRAIN_SECONDS=$DRAIN_SECONDS" "PATIENCE_SECONDS=$PATIENCE_SECONDS" \
    "TAKEOVER=$TAKEOVER" "TAKEOVER_SECONDS=$TAKEOVER_SECONDS" \
    python3 -I -c "$PROGRAM" begin
}
