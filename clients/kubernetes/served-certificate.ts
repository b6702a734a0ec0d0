import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import tlsModule from "node:tls";
import { chosenProxy, hostnameOf } from "../openstack/proxy.ts";
import { tunnel } from "../openstack/tunnel.ts";
import type { ClusterAccess } from "./access.ts";

/** Timeout of a handshake in seconds. */
const SECONDS = 15;

/**
 * Returns the certificate that the API serves, PEM, by a TLS handshake alone. The certificate is not verified, because one that has ended is
 * to be returned, too; nothing is sent over the connection.
 */
export async function servedCertificate({ server, tls, proxy: given }: ClusterAccess): Promise<string> {
  const signal = AbortSignal.timeout(SECONDS * 1000);
  const target = new URL(server);
  const proxy = chosenProxy(target, given);
  const through: Duplex | undefined = proxy && (await tunnel(proxy, target, signal));
  const host = hostnameOf(target);
  const name = tls.servername ?? (isIP(host) ? undefined : host);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = tlsModule.connect({
    ...(through ? { socket: through } : { host, port: Number(target.port || 443) }),
    ...(name === undefined ? {} : { servername: name }),
    rejectUnauthorized: false,
  });
  signal.addEventListener("abort", () => socket.destroy(new Error(`no TLS handshake within ${SECONDS} s`)));
  socket.once("error", reject);
  socket.once("secureConnect", () => {
    const certificate = socket.getPeerX509Certificate();
    socket.destroy();
    if (certificate) resolve(certificate.toString());
    else reject(new Error("the API serves no certificate"));
  });
  return promise;
}
