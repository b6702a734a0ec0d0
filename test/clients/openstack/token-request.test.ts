import { expect, it } from "vitest";
import { tokenRequest } from "../../../clients/openstack/token-request.ts";

const ANN = { username: "ann", user_domain_id: "d1", password: "secret" };

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
  expect(tokenRequest({ ...auth, default_domain: "d9" })).toMatchObject({
    auth: { identity: { password: { user: { domain: { id: "d9" } } } }, scope: { project: { domain: { id: "d9" } } } },
  });
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

it.each([
  [{ username: "ann", project_id: "p1" }, "have no password, token or application credential; add one to clouds.yaml or to OS_*"],
  [{ ...ANN, application_credential_id: "a1" }, "have both a password and an application credential"],
  [{ application_credential_id: "a1" }, "have no application_credential_secret"],
  [{ application_credential_name: "ci", application_credential_secret: "s" }, "have neither username nor user_id"],
  [{ password: "secret", project_id: "p1" }, "have neither username nor user_id"],
  [{ ...ANN, user_domain_name: "People", project_id: "p1" }, "have both an id and a name of the user's domain"],
  [{ username: "ann", password: "secret", project_id: "p1" }, "have no domain of the user; add user_domain_name: Default"],
  [{ ...ANN, user_id: "u1", project_id: "p1" }, "have both username and user_id; remove one"],
  [{ user_id: "u1", password: "secret", project_id: "p1", default_domain: "default" }, "have both user_id and a domain of the user"],
  [{ ...ANN, project_name: "web" }, "have no domain of the project; add project_domain_name: Default"],
  [{ username: "ann", password: "secret", default_domain: "default" }, "name no project; add project_name or project_id"],
  [{ ...ANN, system_scope: "all" }, "have the scope of the system, and a cluster belongs to a project"],
  [{ ...ANN, domain_id: "d1" }, "have the scope of a domain, and a cluster belongs to a project"],
])("refuses %o, and says why", (auth, reason) => {
  expect(() => tokenRequest(auth)).toThrow(`the OpenStack credentials ${reason}`);
});
