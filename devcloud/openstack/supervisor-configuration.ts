import type { Service } from "./component.ts";
import { logFile, supervisorSocket } from "./supervisor.ts";

/** Writes the configuration of supervisord: a program for each service, and a group of programs for each stage. */
export function supervisorConfiguration(services: readonly Service[]): string {
  const stages = new Set(services.map((service) => service.stage));
  const groups = [...stages].map((stage) => group(stage, services));
  return [head, ...groups, ...services.map(program)].join("\n");
}

const head = `[supervisord]
logfile = /dev/null
logfile_maxbytes = 0
pidfile = /dev/null
user = root

[unix_http_server]
file = ${supervisorSocket}
chmod = 0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl = unix://${supervisorSocket}
`;

function group(stage: Service["stage"], services: readonly Service[]): string {
  const names = services.filter((service) => service.stage === stage).map((service) => service.name);
  return `[group:${stage}]\nprograms = ${names.join(",")}\n`;
}

function program({ name, stage, command, user, environment = {}, stopSignal = "KILL" }: Service): string {
  const variables = Object.entries(environment).map(([key, value]) => `${key}="${escapePercent(value)}"`);
  return `[program:${name}]
command = ${command.map(quote).join(" ")}
autostart = ${stage === "base"}
autorestart = true
startretries = 100
stopsignal = ${stopSignal}
stopwaitsecs = 10
stopasgroup = true
killasgroup = true
redirect_stderr = true
stdout_logfile = ${logFile(name)}
stdout_logfile_maxbytes = 20MB
stdout_logfile_backups = 1
${user === undefined ? "" : `user = ${user}\n`}${variables.length === 0 ? "" : `environment = ${variables.join(",")}\n`}`;
}

function quote(word: string): string {
  const text = escapePercent(word);
  return /[\s"';]/.test(text) ? `'${text}'` : text;
}

/** Doubles each percent sign, since supervisord expands %(name)s. */
function escapePercent(text: string): string {
  return text.replaceAll("%", "%%");
}
