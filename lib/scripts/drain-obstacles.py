# Pods that a drain leaves on a node, and the PodDisruptionBudgets that keep them. It is the first part of programs.


def name_of(thing):
    return "%s/%s" % (thing["metadata"]["namespace"], thing["metadata"]["name"])


# Tells whether a PodDisruptionBudget is about a pod.
def covers(budget, pod):
    selector, labels = budget["spec"].get("selector"), pod["metadata"].get("labels") or {}
    if selector is None or budget["metadata"]["namespace"] != pod["metadata"]["namespace"]:
        return False
    if any(labels.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    for each in selector.get("matchExpressions") or []:
        key, values = each["key"], each.get("values") or []
        fits = {
            "In": labels.get(key) in values,
            "NotIn": labels.get(key) not in values,
            "Exists": key in labels,
            "DoesNotExist": key not in labels,
        }
        if not fits[each["operator"]]:
            return False
    return True


# Tells whether a drain evicts a pod. A static one belongs to its Node.
def is_evicted(pod):
    owners = {owner["kind"] for owner in pod["metadata"].get("ownerReferences") or []}
    return not owners & {"DaemonSet", "Node"} and pod["status"].get("phase") not in ("Succeeded", "Failed")


# Returns why pods are still on a node: the budgets that allow no disruption, with their pods, and the other pods.
def obstacles_of(all_pods, budgets):
    pods = [pod for pod in all_pods if is_evicted(pod)]
    reasons, named = [], set()
    for budget in budgets:
        covered = [name_of(pod) for pod in pods if covers(budget, pod)]
        if covered and (budget.get("status") or {}).get("disruptionsAllowed", 0) < 1:
            reasons.append("PodDisruptionBudget %s allows no disruption of %s" % (name_of(budget), ", ".join(covered)))
            named.update(covered)
    others = [name_of(pod) for pod in pods if name_of(pod) not in named]
    return reasons + (["these pods have not ended: " + ", ".join(others)] if others else [])
