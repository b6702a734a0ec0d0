import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { installPackages } from "../support/apt.ts";
import { dataDir, runDir } from "../support/paths.ts";
import { cloudsFile, cloudsYaml } from "./clients.ts";
import { chartsDir } from "./components/charts.ts";
import { components } from "./components/index.ts";
import { messageQueueDir } from "./components/message-queue.ts";
import { configurationPath, writeConfiguration } from "./configuration.ts";
import { ensureDatabaseServer } from "./databases.ts";
import { ensureOwnedDirectory, writeOwned } from "./files.ts";
import { readMachineFacts } from "./machine.ts";
import type { Passwords } from "./passwords.ts";
import { requireCapableMachine } from "./preflight.ts";
import { ensureStorage } from "./storage.ts";
import { supervisorConfiguration } from "./supervisor-configuration.ts";

const logDir = join(dataDir, "log");

/** Packages that the set-up itself needs, beside those of the components. */
const toolPackages = ["supervisor", "xfsprogs", "iproute2", "procps", "sudo", "python3-openstackclient", "openssh-client"];

/** Checks that the machine can run the cloud, and throws an error with every reason if not. */
export async function requireMachine(): Promise<void> {
  requireCapableMachine(await readMachineFacts());
}

/** Installs the Debian packages of all components. */
export async function installServices(): Promise<void> {
  await mkdir(logDir, { recursive: true });
  await installPackages([...toolPackages, ...components.flatMap((component) => component.packages)], join(logDir, "apt.log"));
}

/** Makes all files that the services read at their start. */
export async function prepareFiles(passwords: Passwords): Promise<void> {
  await rm(runDir, { recursive: true, force: true });
  const folders = ["log/libvirt", "libvirt/etc", "libvirt/lib", "nova", "neutron"].map((name) => join(dataDir, name));
  await Promise.all([...folders, chartsDir, join(runDir, "lock")].map((path) => mkdir(path, { recursive: true })));
  await mkdir(join(dataDir, "keystone"), { recursive: true, mode: 0o700 });
  await ensureOwnedDirectory(messageQueueDir, "rabbitmq");
  await Promise.all([
    ensureStorage(),
    ensureDatabaseServer(),
    writeConfiguration(
      components.flatMap((component) => component.configuration ?? []),
      passwords,
    ),
    writeOwned(configurationPath("supervisord.conf"), supervisorConfiguration(components.flatMap((component) => component.services))),
    writeOwned(cloudsFile, cloudsYaml(passwords)),
  ]);
}
