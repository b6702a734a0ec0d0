// Runs an order's script on each of its machines, once, and prints a line of JSON for each: { id, output } or { id, failure }. Nothing is
// kept of it, and a machine that does not answer holds up no other.

import { writeSshConfig } from "./ssh-config.mjs";
import { execute, messageOf, quote } from "./ssh-execute.mjs";
import { order } from "./ssh-order.mjs";

const task = /** @type {import("../ssh/fan-out-order.ts").OrderTask} */ (order);

await writeSshConfig();
await Promise.all(
  order.hosts.map(async (host) => {
    const facts = `NODE_NAME=${quote(host.name)}\n`;
    const answer = await execute(host, task, facts, 0).then(
      (output) => ({ output }),
      (error) => ({ failure: messageOf(error) }),
    );
    console.log(JSON.stringify({ id: host.id, ...answer }));
  }),
);
