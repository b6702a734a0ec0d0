import { GROUP } from "./kinds/object.ts";

const RBAC = "rbac.authorization.k8s.io/v1";
const CLAIMS = "clusterclaims";
const ADMISSION = "admissionregistration.k8s.io/v1";
const POLICY = "caravan-fleet-claims";

/** Verb of our own in RBAC: who may do it may make, change and delete the claims of others. */
const ADMINISTER = "administer";

const EVERYTHING = ["get", "list", "watch", "create", "update", "patch", "delete"];

const controllerRole = {
  apiVersion: RBAC,
  kind: "ClusterRole",
  metadata: { name: "caravan-fleet-controller" },
  rules: [
    { apiGroups: [GROUP], resources: ["*"], verbs: [...EVERYTHING, ADMINISTER] },
    // It gives the owner of a claim the right to read one Secret, and nobody can give a right that he has not.
    { apiGroups: [""], resources: ["secrets"], verbs: ["get", "create", "update", "delete"] },
    { apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles", "rolebindings"], verbs: ["get", "create", "delete"] },
  ],
};

const userRole = {
  apiVersion: RBAC,
  kind: "ClusterRole",
  metadata: { name: "caravan-fleet-user" },
  rules: [
    { apiGroups: [GROUP], resources: ["clusterpools"], verbs: ["get", "list", "watch"] },
    { apiGroups: [GROUP], resources: [CLAIMS], verbs: ["get", "list", "watch", "create", "patch", "delete"] },
  ],
};

/** Owners are who they say: else a claim for another name would give its kubeconfig to that user, or be given away by anybody. */
const policy = {
  apiVersion: ADMISSION,
  kind: "ValidatingAdmissionPolicy",
  metadata: { name: POLICY },
  spec: {
    failurePolicy: "Fail",
    matchConstraints: {
      resourceRules: [{ apiGroups: [GROUP], apiVersions: ["*"], operations: ["CREATE", "UPDATE", "DELETE"], resources: [CLAIMS] }],
    },
    matchConditions: [
      {
        // Kubernetes' own controllers delete the objects of a deleted namespace.
        name: "not-kubernetes-itself",
        expression:
          "!request.userInfo.username.startsWith('system:serviceaccount:kube-system:') && request.userInfo.username != 'system:kube-controller-manager'",
      },
      {
        name: "not-administrators",
        expression: `!authorizer.group('${GROUP}').resource('${CLAIMS}').namespace(request.namespace).check('${ADMINISTER}').allowed()`,
      },
    ],
    validations: [
      {
        expression: "(request.operation == 'CREATE' ? object : oldObject).spec.owner == request.userInfo.username",
        messageExpression:
          "'owner \"' + (request.operation == 'CREATE' ? object : oldObject).spec.owner + '\" is not you; use \"' + request.userInfo.username + '\"'",
        reason: "Forbidden",
      },
    ],
  },
};

const binding = {
  apiVersion: ADMISSION,
  kind: "ValidatingAdmissionPolicyBinding",
  metadata: { name: POLICY },
  spec: { policyName: POLICY, validationActions: ["Deny"] },
};

/** Makes the roles of the controller and of users, and the policy about owners. */
export function accessObjects(): object[] {
  return [controllerRole, userRole, policy, binding];
}
