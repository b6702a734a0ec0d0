import type { Machine } from "./ssh.ts";

/** Bash that requests certificates from the API with the credential of a worker's kubelet. Each attempt prints its name and its result. */
const REQUEST_FUNCTION = `
export KUBECONFIG=/etc/kubernetes/kubelet.conf
folder=$(mktemp -d)
openssl ecparam -name prime256v1 -genkey -noout -out "$folder/key"

# ask NAME SIGNER USE SUBJECT EXTENSION...
ask() {
  local name=$1 signer=$2 use=$3 subject=$4 extensions=() extension
  shift 4
  for extension in "$@"; do extensions+=(-addext "$extension"); done
  openssl req -new -key "$folder/key" -subj "/O=system:nodes/CN=system:node:$subject" "\${extensions[@]}" >"$folder/request"
  printf '{"apiVersion":"certificates.k8s.io/v1","kind":"CertificateSigningRequest","metadata":{"name":"attack-%s"},"spec":{"signerName":"kubernetes.io/%s","usages":["digital signature","%s"],"request":"%s"}}' \\
    "$name" "$signer" "$use" "$(base64 --wrap 0 "$folder/request")" |
    kubectl create --validate=false --filename - >/dev/null 2>&1 && echo "$name asked" || echo "$name refused"
}
`;

/** Attempts of root on a worker: those that the API accepts as requests, and those that it refuses at once. */
export const ATTEMPTS = [
  "extension asked",
  "second asked",
  "address asked",
  "name asked",
  "service asked",
  "subject refused",
  "client refused",
];

/** Requests serving certificates of others from a worker as root, in each known way, and other nodes' own. */
export async function requestForeignCertificates({ name, run }: Machine, other: string): Promise<string[]> {
  const addresses = JSON.stringify({ status: { addresses: [{ type: "InternalIP", address: "10.96.0.1" }] } });
  const script = `${REQUEST_FUNCTION}
ask extension kubelet-serving 'server auth' ${name} '1.2.3.4=ASN1:UTF8:X509v3 Subject Alternative Name:' subjectAltName=DNS:kubernetes.default.svc
ask second kubelet-serving 'server auth' ${name} subjectAltName=DNS:${name} '1.2.3.4=ASN1:UTF8:X509v3 Subject Alternative Name:'
kubectl patch node ${name} --subresource=status --type merge --patch '${addresses}' >/dev/null
ask address kubelet-serving 'server auth' ${name} subjectAltName=DNS:${name},IP:10.96.0.1
ask name kubelet-serving 'server auth' ${name} subjectAltName=DNS:${other}
ask service kubelet-serving 'server auth' ${name} subjectAltName=DNS:${name},DNS:kubernetes.default.svc
ask subject kubelet-serving 'server auth' ${other} subjectAltName=DNS:${other}
ask client kube-apiserver-client-kubelet 'client auth' ${other}
`;
  return (await onMachine(run, script)).trim().split("\n");
}

/** Lists all credentials on a worker: files with keys, except those of SSH, and the identity of the kubelet's own. */
export async function credentialsOn({ run }: Machine): Promise<string[]> {
  const places = "/etc/kubernetes /var/lib/kubelet/pki /var/lib/caravan /var/lib/cloud /run/caravan /run/cloud-init /dev/shm /root /tmp";
  const script = `grep -rlE 'PRIVATE KEY|client-key-data' ${places} 2>/dev/null | sort
kubectl --kubeconfig /etc/kubernetes/kubelet.conf auth whoami --output 'jsonpath={.status.userInfo.username} {.status.userInfo.groups}'`;
  const lines = (await onMachine(run, script)).trim().split("\n");
  return lines.map((line) => line.replace(/-\d{4}(-\d\d){5}\.pem$/, "-DATE.pem"));
}

/** Sets labels and annotations on a worker's own Node as root, which the library once trusted. */
export async function falsifyNode({ name, run }: Machine, labels: string, annotation: string): Promise<void> {
  const kubectl = "kubectl --kubeconfig /etc/kubernetes/kubelet.conf";
  await onMachine(
    run,
    `set -e; ${kubectl} label --overwrite node ${name} ${labels}; ${kubectl} annotate --overwrite node ${name} '${annotation}'`,
  );
}

function onMachine(run: Machine["run"], script: string): Promise<string> {
  return run(`echo ${Buffer.from(script).toString("base64")} | base64 -d | bash`);
}
