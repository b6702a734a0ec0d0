import { secret } from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { proxyFiles } from "../../../lib/proxy/files.ts";
import { checkProxy } from "../../../lib/proxy/rules.ts";
import type { ProxySettings } from "../../../lib/proxy/settings.ts";
import { problemsOf } from "../../support/problems.ts";

const check = (proxy: ProxySettings) => problemsOf((problems) => checkProxy(proxy, problems));
const REPOSITORY = "https://pkgs.k8s.io/core:/stable:/v1.36/deb/";
const ALWAYS = "localhost,127.0.0.1,127.0.0.0/8,169.254.169.254,.svc,.cluster.local";

it("writes no file without a proxy", () => {
  expect(proxyFiles(undefined, REPOSITORY)).toEqual([]);
  expect(proxyFiles({ no: ["10.40.0.0/16"] }, REPOSITORY)).toEqual([]);
});

it("gives containerd, the kubelet and apt the proxies, in files for root alone", () => {
  const proxy = { http: "http://me:pass%20word@proxy:3128", https: "http://proxy:3129", no: ["10.40.0.0/16", "registry.example.com"] };
  expect(proxyFiles(proxy, REPOSITORY)).toEqual([
    {
      path: "/etc/caravan/proxy.env",
      mode: "0600",
      content: [
        "HTTP_PROXY=http://me:pass%20word@proxy:3128",
        "http_proxy=http://me:pass%20word@proxy:3128",
        "HTTPS_PROXY=http://proxy:3129",
        "https_proxy=http://proxy:3129",
        `NO_PROXY=${ALWAYS},10.40.0.0/16,registry.example.com`,
        `no_proxy=${ALWAYS},10.40.0.0/16,registry.example.com`,
        "",
      ].join("\n"),
    },
    {
      path: "/etc/apt/apt.conf.d/90caravan-proxy",
      mode: "0600",
      content: [
        'Acquire::http::Proxy "http://me:pass%20word@proxy:3128";',
        ...["localhost", "127.0.0.1", "169.254.169.254", "registry.example.com"].map((host) => `Acquire::http::Proxy::${host} "DIRECT";`),
        'Acquire::https::Proxy "http://proxy:3129";',
        ...["localhost", "127.0.0.1", "169.254.169.254", "registry.example.com"].map((host) => `Acquire::https::Proxy::${host} "DIRECT";`),
        "",
      ].join("\n"),
    },
    ...["containerd", "kubelet"].map((service) => ({
      path: `/etc/systemd/system/${service}.service.d/caravan-proxy.conf`,
      mode: "0644",
      content: "[Service]\nEnvironmentFile=/etc/caravan/proxy.env\n",
    })),
  ]);
});

/** Hosts that apt reaches directly over https. */
const direct = (no: string[], packageRepository: string) => {
  const [, apt] = proxyFiles({ https: "http://proxy:3128", no }, packageRepository);
  return [...apt!.content.matchAll(/Acquire::https::Proxy::(\S+) "DIRECT"/g)].map(([, host]) => host).slice(3);
};

it("has apt reach packages of Kubernetes directly when their host is below an excepted domain, which apt itself does not know", () => {
  expect(direct([".example.com"], "https://packages.example.com:8443/v1.36/")).toEqual(["packages.example.com"]);
  expect(direct(["example.com"], "https://packages.example.com/v1.36/")).toEqual(["example.com", "packages.example.com"]);
  expect(direct(["example.com"], "https://another-example.com/v1.36/")).toEqual(["example.com"]);
});

it("keeps apt from using the proxy of http for https", () => {
  expect(proxyFiles({ http: "http://proxy:3128" }, REPOSITORY)[1]!.content).toContain('Acquire::https::Proxy "DIRECT";\n');
});

it("accepts proxies by name and address, exceptions of each kind, and values that become known later", () => {
  expect(check({ http: "http://proxy", https: "https://me:p%40ss@[2001:db8::1]:3128/" })).toEqual([]);
  expect(check({ http: secret("?"), no: ["host", ".example.com", "example.com:8443", "192.0.2.7", "192.0.2.0/24", secret("?")] })).toEqual(
    [],
  );
});

it("shows no password of a proxy that it refuses", () => {
  const advice =
    "write it like http://proxy.example.com:3128 or http://user:password@proxy.example.com:3128, with %XX for special characters";
  expect(check({ http: "http://me:se/cr@et@proxy:3128", https: "me:secret@proxy:3128" })).toEqual([
    `http: "http://***@proxy:3128" is not the URL of a proxy; ${advice}`,
    `https: "***@proxy:3128" is not the URL of a proxy; ${advice}`,
  ]);
});
