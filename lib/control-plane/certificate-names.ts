import { isIP } from "node:net";
import { isHostName } from "../network/address.ts";
import type { Problems } from "../problems.ts";

/** Checks names and addresses for the API's certificate: those that kubeadm takes (validation.go, ValidateCertSANs). */
export function checkCertificateNames(property: string, names: readonly string[], problems: Problems): void {
  names.forEach((name, place) => {
    const at = `${property}[${place}]`;
    if (isIP(name) === 0 && !isHostName(name.replace(/^\*\./, "")))
      problems.add(
        at,
        `"${name}" is neither a host name in lower case nor an IP address; write it like api.example.com, *.example.com or 192.0.2.7`,
      );
    else if (names.indexOf(name) < place) problems.add(at, `"${name}" is named twice; name it once`);
  });
}
