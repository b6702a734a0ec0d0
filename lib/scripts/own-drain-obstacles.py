# Prints the obstacles of a control plane's drain, from lists of pods and of PodDisruptionBudgets on standard input.

import json
import sys

pods, budgets = (json.loads(each)["items"] for each in sys.stdin.read().split("\0"))
print("; ".join(obstacles_of(pods, budgets)))
