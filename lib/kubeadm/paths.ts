/** Folder on control planes with the library's files for kubeadm and the API server. */
export const SETTINGS_FOLDER = "/etc/kubernetes/caravan";

/** Configuration of `kubeadm init`. */
export const INIT_CONFIGURATION = `${SETTINGS_FOLDER}/init.yaml`;

/** Configuration of a control plane's `kubeadm join`. */
export const CONTROL_PLANE_JOIN_CONFIGURATION = `${SETTINGS_FOLDER}/join.yaml`;

/** Folder with kubeadm's patches on a control plane. */
export const PATCHES_FOLDER = `${SETTINGS_FOLDER}/patches`;

/** Settings of the scheduler. */
export const SCHEDULER = `${SETTINGS_FOLDER}/scheduler.yaml`;

/** Settings of the API server's admission plugins. */
export const ADMISSION = `${SETTINGS_FOLDER}/admission.yaml`;

/** Authenticators of the API server, beside certificates and service accounts. */
export const AUTHENTICATION = `${SETTINGS_FOLDER}/authentication.yaml`;

/** Audit policy of the API server. */
export const AUDIT_POLICY = `${SETTINGS_FOLDER}/audit-policy.yaml`;

/** Audit log of the API server. */
export const AUDIT_LOG = "/var/log/kubernetes/audit/audit.log";

/** Certificate of the CA with which the controller manager signs, when the CA was rotated. */
export const SIGNING_CA = "/etc/kubernetes/pki/signing-ca.crt";

/** Keys with which the API server encrypts Secrets at rest. */
export const ENCRYPTION = `${SETTINGS_FOLDER}/encryption.yaml`;

/** Folder with kubeadm's patches on a worker. */
export const WORKER_PATCHES_FOLDER = "/var/lib/caravan/patches";

/** Patch with the settings in which a worker's kubelet differs from the cluster's. */
export const KUBELET_PATCH = `${WORKER_PATCHES_FOLDER}/kubeletconfiguration+merge.yaml`;

/** Configuration of a worker's `kubeadm join`; in memory only. */
export const WORKER_JOIN_CONFIGURATION = "/run/caravan/join.yaml";

/** kubeconfig with which a node joins; in memory only. */
export const DISCOVERY = "/run/caravan/discovery.conf";
