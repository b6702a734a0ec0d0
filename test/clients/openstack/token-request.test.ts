import { expect, it } from "vitest";
import { tokenRequest } from "../../../clients/openstack/token-request.ts";

it("signs in with a password, scoped to a project", () => {
  const auth = { username: "ann", user_domain_name: "People", password: "secret", project_name: "web", project_domain_id: "d1" };
  expect(tokenRequest(auth)).toEqual({
    auth: {
      identity: { methods: ["password"], password: { user: { name: "ann", domain: { name: "People" }, password: "secret" } } },
      scope: { project: { name: "web", domain: { id: "d1" } } },
    },
  });
});

it("takes ids in place of names; ids need no domain", () => {
  expect(tokenRequest({ user_id: "u1", password: "secret", project_id: "p1" })).toEqual({
    auth: { identity: { methods: ["password"], password: { user: { id: "u1", password: "secret" } } }, scope: { project: { id: "p1" } } },
  });
});

it("falls back to the common domain, and then to the default domain", () => {
  const auth = { username: "ann", password: "secret", project_name: "web" };
  expect(tokenRequest({ ...auth, domain_name: "All" })).toMatchObject({ auth: { scope: { project: { domain: { name: "All" } } } } });
  expect(tokenRequest(auth)).toMatchObject({ auth: { identity: { password: { user: { domain: { id: "default" } } } } } });
});

it("signs in with an application credential, by id or by name and user, without a scope", () => {
  expect(tokenRequest({ application_credential_id: "a1", application_credential_secret: "secret", project_id: "p1" })).toEqual({
    auth: { identity: { methods: ["application_credential"], application_credential: { id: "a1", secret: "secret" } } },
  });
  expect(tokenRequest({ application_credential_name: "ci", application_credential_secret: "secret", user_id: "u1" })).toEqual({
    auth: {
      identity: { methods: ["application_credential"], application_credential: { name: "ci", secret: "secret", user: { id: "u1" } } },
    },
  });
});

it("signs in with a token", () => {
  expect(tokenRequest({ token: "t1", project_id: "p1" })).toEqual({
    auth: { identity: { methods: ["token"], token: { id: "t1" } }, scope: { project: { id: "p1" } } },
  });
});

it("names the accepted credentials when there are none", () => {
  expect(() => tokenRequest({ username: "ann" })).toThrow("have no password, token or application credential");
});
