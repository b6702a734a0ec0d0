import { expect, it } from "vitest";
import { parse } from "yaml";
import { admissionConfiguration, admissionPlugins } from "../../../lib/kubeadm/admission.ts";

const pluginsOf = (args = {}) => parse(admissionConfiguration(args)).plugins as { name: string; configuration: object }[];

it("enforces the baseline of pod security, warns below restricted, exempts what runs the cluster, and limits events", () => {
  expect(parse(admissionConfiguration({}))).toEqual({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "AdmissionConfiguration",
    plugins: [
      {
        name: "EventRateLimit",
        configuration: {
          apiVersion: "eventratelimit.admission.k8s.io/v1alpha1",
          kind: "Configuration",
          limits: [
            { type: "Server", qps: 200, burst: 25_000 },
            { type: "Namespace", qps: 100, burst: 15_000 },
            { type: "User", qps: 100, burst: 5_000 },
          ],
        },
      },
      {
        name: "PodSecurity",
        configuration: {
          apiVersion: "pod-security.admission.config.k8s.io/v1",
          kind: "PodSecurityConfiguration",
          defaults: {
            enforce: "baseline",
            "enforce-version": "latest",
            audit: "restricted",
            "audit-version": "latest",
            warn: "restricted",
            "warn-version": "latest",
          },
          exemptions: { namespaces: ["kube-system"] },
        },
      },
    ],
  });
});

it("accepts other levels, exemptions and limits, and always exempts kube-system", () => {
  const [events, pods] = pluginsOf({
    podSecurity: { enforce: "privileged", warn: "baseline", exemptNamespaces: ["storage", "kube-system"] },
    eventRateLimits: [{ type: "SourceAndObject", qps: 1, burst: 50, cacheSize: 1000 }],
  });
  expect(pods?.configuration).toMatchObject({
    defaults: { enforce: "privileged", warn: "baseline", audit: "restricted" },
    exemptions: { namespaces: ["kube-system", "storage"] },
  });
  expect(events?.configuration).toMatchObject({ limits: [{ type: "SourceAndObject", qps: 1, burst: 50, cacheSize: 1000 }] });
});

it("keeps its plugins beside a user's, without those that the user disables", () => {
  const enabled = (own = {}) => admissionPlugins(own)["enable-admission-plugins"];
  expect(enabled()).toBe("NodeRestriction,DenyServiceExternalIPs,EventRateLimit");
  expect(enabled({ "enable-admission-plugins": "AlwaysPullImages, NodeRestriction" })).toBe(
    "NodeRestriction,DenyServiceExternalIPs,EventRateLimit,AlwaysPullImages",
  );
  expect(enabled({ "disable-admission-plugins": "DenyServiceExternalIPs" })).toBe("NodeRestriction,EventRateLimit");
});
