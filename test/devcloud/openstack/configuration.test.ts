import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { components } from "../../../devcloud/openstack/components/index.ts";
import { renderConfiguration } from "../../../devcloud/openstack/configuration.ts";
import { database, messaging, tokenValidation } from "../../../devcloud/openstack/sections.ts";
import { passwords } from "./passwords.ts";

const files = components.flatMap((component) => component.configuration ?? []);

function render(name: string): string {
  const template = readFileSync(new URL(`../../../devcloud/openstack/etc/${name}`, import.meta.url), "utf8");
  return renderConfiguration(template, files.find((file) => file.name === name)?.sections ?? [], passwords);
}

describe("renderConfiguration", () => {
  it("fills placeholders and appends the generated sections", () => {
    const text = renderConfiguration("[file]\nfolder = @dataDir@/images\n", [database("glance")], passwords);
    expect(text).toBe(`[file]
folder = /var/lib/caravan-devcloud/images

[database]
connection = mysql+pymysql://openstack:database-secret@127.0.0.1/glance
max_pool_size = 10
max_overflow = 40
`);
  });

  it("names a placeholder without a value, and those with one", () => {
    expect(() => renderConfiguration("key = @datadir@", [], passwords)).toThrow(
      "unknown placeholder @datadir@; known: dataDir, runDir, database, messageQueue, admin, service, project, metadata",
    );
  });
});

describe("the generated sections", () => {
  it("let an API validate tokens with the service user", () => {
    expect(tokenValidation(passwords)).toContain("[keystone_authtoken]\nauth_type = password");
    expect(tokenValidation(passwords)).toContain("password = service-secret");
  });

  it("name the message queue's own user", () => {
    expect(messaging(passwords)).toContain("transport_url = rabbit://openstack:queue-secret@127.0.0.1:5672/");
    expect(render("rabbitmq.conf")).toContain("default_user = openstack\ndefault_pass = queue-secret");
  });
});

describe("the configuration files", () => {
  it.each(files.map((file) => file.name))("%s has a value for each placeholder", (name) => {
    expect(render(name)).not.toMatch(/@\w+@/);
  });

  it("give Nova and Neutron's metadata agent the same secret", () => {
    expect(render("nova.conf")).toContain("metadata_proxy_shared_secret = metadata-secret");
    expect(render("metadata_agent.ini")).toContain("metadata_proxy_shared_secret = metadata-secret");
  });

  it("contain neither the administrator's nor the project's password", () => {
    const text = files.map((file) => render(file.name)).join("\n");
    expect(text).not.toContain(passwords.admin);
    expect(text).not.toContain(passwords.project);
  });
});
