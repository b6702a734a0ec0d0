import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { cloudsYaml } from "../../../devcloud/openstack/clients.ts";
import { passwords } from "./passwords.ts";

describe("cloudsYaml", () => {
  it("has the project's user and the administrator", () => {
    const domains = { user_domain_name: "Default", project_domain_name: "Default" };
    const common = { region_name: "RegionOne", identity_api_version: 3 };
    const auth_url = "http://127.0.0.1:5000/v3";
    expect(parse(cloudsYaml(passwords))).toEqual({
      clouds: {
        devcloud: { ...common, auth: { auth_url, username: "caravan", password: "project-secret", project_name: "caravan", ...domains } },
        "devcloud-admin": { ...common, auth: { auth_url, username: "admin", password: "admin-secret", project_name: "admin", ...domains } },
      },
    });
  });
});
