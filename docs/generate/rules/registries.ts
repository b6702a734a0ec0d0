import type { ProxySettings } from "../../../lib/proxy/settings.ts";
import type { RegistryHostSettings, RegistrySettings } from "../../../lib/registries/settings.ts";
import type { TypeRules } from "./rule.ts";
import { MINI } from "./surroundings.ts";

const IMAGE_REPOSITORY_ADVICE = 'write it without "https://" and final slash, like registry.example.com/kubernetes';
const PROXY_ADVICE =
  "write it like http://proxy.example.com:3128 or http://user:password@proxy.example.com:3128, with %XX for special characters";

/** Rules of the sources of container images and packages, by type. */
export const REGISTRY_RULES = {
  RegistrySettings: {
    within: MINI,
    at: ["registries"],
    value: {},
    rules: {
      mirrors: {
        rule: "hosts of registries, or _default; http(s) URLs without user name and password",
        refused: [
          [
            { "https://docker.io": [] },
            ['["https://docker.io"]: "https://docker.io" is not a registry; write its host, like registry.k8s.io'],
          ],
          [
            { "docker.io": ["mirror.example.com"] },
            ['["docker.io"][0]: "mirror.example.com" is not a URL; write it like https://mirror.example.com'],
          ],
          [
            { _default: ["https://me:secret@mirror.example.com/v2/all"] },
            [
              '["_default"][0]: "https://***@mirror.example.com/v2/all" has credentials, which would be written in the clear; write them in hosts["mirror.example.com"]',
            ],
          ],
        ],
      },
      imageRepository: {
        rule: "a registry with a path, without scheme, tag and final slash",
        refused: [
          ["a-.a", [`: "a-.a" is not a registry with a path; ${IMAGE_REPOSITORY_ADVICE}`]],
          ["https://registry.example.com", [`: "https://registry.example.com" is not a registry with a path; ${IMAGE_REPOSITORY_ADVICE}`]],
          [
            "registry.example.com/kubernetes/",
            [`: "registry.example.com/kubernetes/" is not a registry with a path; ${IMAGE_REPOSITORY_ADVICE}`],
          ],
        ],
      },
      hosts: {
        rule: "hosts of registries or mirrors, each with a CA, or with user name and password",
        refused: [
          [
            { "https://registry.example.com": { username: "me", password: "secret" } },
            ['["https://registry.example.com"]: "https://registry.example.com" is not a registry; write its host, like registry.k8s.io'],
          ],
          [
            { "registry.example.com": {} },
            ['["registry.example.com"]: says nothing; give it a ca, or username and password, or leave it out'],
          ],
          [{ "registry.example.com": "me:secret" }, [".registry.example.com: is not allowed: expected object, received string"]],
        ],
      },
    },
  } satisfies TypeRules<RegistrySettings>,
  RegistryHostSettings: {
    within: MINI,
    at: ["registries", "hosts", "registry:5000"],
    value: { username: "me", password: "secret" },
    rules: {
      ca: {
        rule: "PEM of certificates, without private keys",
        refused: [
          [
            "/etc/ssl/ca.crt",
            [
              'registries.hosts["registry:5000"].ca: is not the PEM of certificates; write them with their lines BEGIN CERTIFICATE and END CERTIFICATE',
            ],
          ],
        ],
      },
      username: {
        rule: "beside password; no colon",
        refused: [
          [
            "me:too",
            [
              'registries.hosts["registry:5000"].username: has a colon or a control character, which HTTP\'s Basic authentication does not allow; use another one',
            ],
          ],
          [undefined, ['registries.hosts["registry:5000"].username: is missing beside password; give both, or neither']],
        ],
      },
      password: {
        rule: "beside username; no control characters",
        refused: [
          ["secret\n", ['registries.hosts["registry:5000"].password: has a control character, like a line break; leave it out']],
          [undefined, ['registries.hosts["registry:5000"].password: is missing beside username; give both, or neither']],
        ],
      },
    },
  } satisfies TypeRules<RegistryHostSettings>,
  ProxySettings: {
    within: MINI,
    at: ["proxy"],
    value: { https: "http://proxy.example.com:3128" },
    rules: {
      http: {
        rule: "an http(s) URL without a path",
        refused: [
          ["proxy.example.com:3128", [`: "proxy.example.com:3128" is not the URL of a proxy; ${PROXY_ADVICE}`]],
          [
            "http://me:se cret@proxy.example.com:3128",
            [`: "http://***@proxy.example.com:3128" is not the URL of a proxy; ${PROXY_ADVICE}`],
          ],
        ],
      },
      https: {
        rule: "an http(s) URL without a path",
        refused: [["socks5://proxy.example.com", [`: "socks5://proxy.example.com" is not the URL of a proxy; ${PROXY_ADVICE}`]]],
      },
      no: {
        rule: "host names, domains, addresses and networks",
        refused: [
          [["*.example.com"], ['[0]: "*.example.com" is not a host, a domain, an address or a network; write ".example.com"']],
          [
            ["https://example.com"],
            [
              '[0]: "https://example.com" is not a host, a domain, an address or a network; write it like example.com, .example.com, 192.0.2.7 or 192.0.2.0/24',
            ],
          ],
        ],
      },
    },
  } satisfies TypeRules<ProxySettings>,
};
