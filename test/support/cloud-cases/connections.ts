import { AUTH, type CloudCase, ENVIRONMENT, LAB, lab } from "./case.ts";

const UNTRUSTED = "self-signed certificate";
const PROXY = { HTTPS_PROXY: "PROXY", HTTP_PROXY: "PROXY" };

export const CONNECTION_CASES: readonly CloudCase[] = [
  { title: "a CA that nobody trusts", cloud: "https", files: lab(AUTH), environment: LAB, refused: UNTRUSTED },
  { title: "verify: false", cloud: "https", files: lab(`${AUTH}, verify: false`), environment: LAB, expected: {} },
  { title: "verify: no", cloud: "https", files: lab(`${AUTH}, verify: no`), environment: LAB, expected: {} },
  {
    title: "OS_INSECURE before verify",
    cloud: "https",
    files: lab(`${AUTH}, verify: false`),
    environment: { ...LAB, OS_INSECURE: "false" },
    refused: UNTRUSTED,
  },
  { title: "insecure of the settings", cloud: "https", environment: ENVIRONMENT, settings: { insecure: "true" }, expected: {} },
  { title: "cacert by a relative path", cloud: "https", files: lab(`${AUTH}, cacert: ca.pem`), environment: LAB, expected: {} },
  { title: "cacert below the home folder", cloud: "https", files: lab(`${AUTH}, cacert: "~/ca.pem"`), environment: LAB, expected: {} },
  {
    title: "cacert that does not exist",
    cloud: "https",
    files: lab(`${AUTH}, cacert: none.pem`),
    environment: LAB,
    refused: "names none.pem, which does not exist",
  },
  {
    title: "OS_CACERT before cacert",
    cloud: "https",
    files: lab(`${AUTH}, cacert: none.pem`),
    environment: { ...LAB, OS_CACERT: "ca.pem" },
    expected: {},
  },
  { title: "cacertFile of the settings", cloud: "https", environment: ENVIRONMENT, settings: { cacertFile: "ca.pem" }, expected: {} },
  {
    title: "a proxy for http",
    cloud: "behind-proxy",
    environment: { ...ENVIRONMENT, ...PROXY },
    expected: { proxied: ["POST http://cloud.test", "GET http://cloud.test"] },
  },
  {
    title: "a proxy by host and port, in lower case",
    cloud: "behind-proxy",
    environment: { ...ENVIRONMENT, http_proxy: "HOSTPORT" },
    expected: { proxied: ["POST http://cloud.test", "GET http://cloud.test"] },
  },
  {
    title: "NO_PROXY",
    cloud: "behind-proxy",
    environment: { ...ENVIRONMENT, ...PROXY, NO_PROXY: "example.com,.cloud.test,test" },
    refused: "cloud.test",
  },
  { title: "no proxy for this machine", environment: { ...ENVIRONMENT, ...PROXY }, expected: {} },
];
