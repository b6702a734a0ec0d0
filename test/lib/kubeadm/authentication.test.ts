import { expect, it } from "vitest";
import { parse } from "yaml";
import { authenticationConfiguration, checkAuthenticationFlags } from "../../../lib/kubeadm/authentication.ts";
import { problemsOf } from "../../support/problems.ts";

const health = { enabled: true, conditions: [{ path: "/livez" }, { path: "/readyz" }, { path: "/healthz" }] };

it("lets anonymous requests reach nothing but the API server's health", () => {
  expect(parse(authenticationConfiguration())).toEqual({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "AuthenticationConfiguration",
    jwt: [],
    anonymous: health,
  });
});

it("takes users of an OpenID provider beside that", () => {
  const jwt = [{ issuer: { url: "https://login.example.com", audiences: ["kubernetes"] }, claimMappings: { username: { claim: "sub" } } }];
  expect(parse(authenticationConfiguration({ configuration: { jwt } }))).toMatchObject({ jwt, anonymous: health });
});

it("names the arguments that keep the API server from starting, and their replacement", () => {
  const flags = { "anonymous-auth": "false", "oidc-issuer-url": "https://login.example.com", v: "4" };
  expect(problemsOf((problems) => checkAuthenticationFlags(flags, problems))).toEqual([
    "anonymous-auth: cannot be used beside the library's AuthenticationConfiguration; use controlPlane.authentication.configuration.anonymous",
    "oidc-issuer-url: cannot be used beside the library's AuthenticationConfiguration; use controlPlane.authentication.configuration.jwt",
  ]);
});
