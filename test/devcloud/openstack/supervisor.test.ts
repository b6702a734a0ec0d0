import { describe, expect, it } from "vitest";
import type { Service } from "../../../devcloud/openstack/component.ts";
import { parseStates } from "../../../devcloud/openstack/supervisor.ts";
import { supervisorConfiguration } from "../../../devcloud/openstack/supervisor-configuration.ts";

const services: Service[] = [
  { name: "queue", stage: "base", user: "rabbitmq", command: ["queue-server", "-x", "a b"], environment: { SHARE: "50%" } },
  { name: "api", stage: "control", command: ["api"], stopSignal: "TERM" },
];

describe("supervisorConfiguration", () => {
  it("makes a program for each service, quotes words with spaces and doubles percent signs", () => {
    expect(supervisorConfiguration(services)).toContain(`[program:queue]
command = queue-server -x 'a b'
autostart = true
autorestart = true
startretries = 100
stopsignal = KILL
stopwaitsecs = 10
stopasgroup = true
killasgroup = true
redirect_stderr = true
stdout_logfile = /var/lib/caravan-devcloud/log/queue.log
stdout_logfile_maxbytes = 20MB
stdout_logfile_backups = 1
user = rabbitmq
environment = SHARE="50%%"
`);
  });

  it("starts only the stage base automatically", () => {
    expect(supervisorConfiguration(services)).toContain("[program:api]\ncommand = api\nautostart = false\n");
  });

  it("stops a service with its own signal", () => {
    expect(supervisorConfiguration(services)).toMatch(/\[program:api\][^[]*stopsignal = TERM\n/);
  });

  it("groups the programs by stage", () => {
    expect(supervisorConfiguration(services)).toContain("[group:base]\nprograms = queue\n");
    expect(supervisorConfiguration(services)).toContain("[group:control]\nprograms = api\n");
    expect(supervisorConfiguration([...services, { name: "named", stage: "designate", command: ["named"] }])).toContain(
      "[group:designate]\nprograms = named\n",
    );
  });
});

describe("parseStates", () => {
  it("parses the table of supervisorctl", () => {
    const table = `base:mariadb                      RUNNING   pid 34, uptime 0:04:20
control:nova-api                  FATAL     Exited too quickly (process log may have details)
agents:nova-compute               STOPPED   Not started
`;
    expect(parseStates(table)).toEqual([
      { stage: "base", name: "mariadb", state: "RUNNING", detail: "pid 34, uptime 0:04:20" },
      { stage: "control", name: "nova-api", state: "FATAL", detail: "Exited too quickly (process log may have details)" },
      { stage: "agents", name: "nova-compute", state: "STOPPED", detail: "Not started" },
    ]);
  });
});
