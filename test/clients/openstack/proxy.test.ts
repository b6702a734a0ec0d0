import { describe, expect, it } from "vitest";
import { proxyOf } from "../../../clients/openstack/proxy.ts";

const PROXY = { HTTP_PROXY: "http://plain.test:3128", HTTPS_PROXY: "http://encrypted.test:3128" };
const proxy = (url: string, environment: Record<string, string>) => proxyOf(new URL(url), environment)?.host;

describe("a proxy", () => {
  it.each([
    ["http://cloud.test/", PROXY, "plain.test:3128"],
    ["https://cloud.test/", PROXY, "encrypted.test:3128"],
    ["https://cloud.test/", { HTTP_PROXY: PROXY.HTTP_PROXY }, undefined],
    ["https://cloud.test/", { HTTPS_PROXY: "", https_proxy: "lower.test:1" }, "lower.test:1"],
    ["https://cloud.test/", { ...PROXY, https_proxy: "lower.test:1" }, "encrypted.test:3128"],
    ["https://localhost/", PROXY, undefined],
    ["https://127.0.0.9:5000/", PROXY, undefined],
    ["https://[::1]:5000/", PROXY, undefined],
  ])("of %s with %o is %s", (url, environment, expected) => {
    expect(proxy(url, environment)).toBe(expected);
  });

  it.each([
    ["*", "https://cloud.test/"],
    ["cloud.test", "https://cloud.test/"],
    ["CLOUD.test", "https://nova.cloud.TEST/"],
    ["other.test, cloud.test", "https://nova.cloud.test/"],
    [".cloud.test", "https://nova.cloud.test/"],
    ["*.cloud.test", "https://nova.cloud.test/"],
    ["cloud.test:443", "https://cloud.test/"],
    ["192.0.2.1", "https://192.0.2.1/"],
    ["192.0.2.1:8774", "https://192.0.2.1:8774/"],
    ["192.0.2.0/24", "https://192.0.2.200/"],
    ["2001:db8::/32", "https://[2001:db8::1]/"],
    ["[2001:db8::1]:443", "https://[2001:db8::1]/"],
  ])("is not used with NO_PROXY=%s for %s", (value, url) => {
    expect(proxy(url, { ...PROXY, NO_PROXY: value })).toBeUndefined();
    expect(proxy(url, { ...PROXY, no_proxy: value })).toBeUndefined();
  });

  it.each([
    ["cloud.test", "https://mycloud.test/"],
    [".cloud.test", "https://cloud.test/"],
    ["cloud.test:5000", "https://cloud.test/"],
    ["192.0.2.0/24", "https://192.0.3.1/"],
    ["192.0.2.1", "https://192.0.2.10/"],
    ["192.0.2.0/24", "https://[2001:db8::1]/"],
    ["2.1", "https://192.0.2.1/"],
  ])("is used with NO_PROXY=%s for %s", (value, url) => {
    expect(proxy(url, { ...PROXY, NO_PROXY: value })).toBe("encrypted.test:3128");
  });

  it("is refused when it is of another kind or no URL, without its password", () => {
    expect(() => proxy("https://cloud.test/", { HTTPS_PROXY: "socks5://ann:hidden@proxy.test:1080" })).toThrow(
      'HTTPS_PROXY names a proxy of the kind "socks5"; only http and https are possible here',
    );
    expect(() => proxy("https://cloud.test/", { HTTPS_PROXY: "ann:hidden@proxy.test:port" })).toThrow(
      /^(?!.*hidden)HTTPS_PROXY is not the URL/,
    );
  });
});
