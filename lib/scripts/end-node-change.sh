# shellcheck shell=bash
# Ends the change of a node: waits until it is in service again, and gives its place back. A node whose change failed stays out of service.
# Runs on a control plane.

end_node_change() {
  env "NODE_NAME=$NODE_NAME" "RUN=$RUN" "OWNER=$OWNER" "POOL=$POOL" "KUBERNETES_VERSION=$KUBERNETES_VERSION" "CHANGE_FAILED=$CHANGE_FAILED" \
    "TAKEOVER=$TAKEOVER" "TAKEOVER_SECONDS=$TAKEOVER_SECONDS" \
    python3 -I -c "$PROGRAM" end "$CHANGED_NODE"
}
