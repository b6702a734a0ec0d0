import { join } from "node:path";
import { runDir } from "../../support/paths.ts";
import type { Component } from "../component.ts";
import { configurationPath } from "../configuration.ts";

/** Recreated at each start: a queue that outlives its services only delivers stale requests. */
export const messageQueueDir = join(runDir, "rabbitmq");

/** RabbitMQ, through which the processes of a service call each other. */
export const messageQueue: Component = {
  packages: ["rabbitmq-server"],
  configuration: [{ name: "rabbitmq.conf", owner: "rabbitmq" }],
  services: [
    {
      name: "rabbitmq",
      stage: "base",
      port: 5672,
      user: "rabbitmq",
      command: ["/usr/lib/rabbitmq/bin/rabbitmq-server"],
      environment: {
        HOME: messageQueueDir,
        ERL_EPMD_ADDRESS: "127.0.0.1",
        RABBITMQ_NODENAME: "rabbit@localhost",
        RABBITMQ_CONFIG_FILE: configurationPath("rabbitmq.conf"),
        RABBITMQ_CONF_ENV_FILE: "/dev/null",
        RABBITMQ_MNESIA_BASE: join(messageQueueDir, "mnesia"),
        RABBITMQ_LOG_BASE: join(messageQueueDir, "log"),
        RABBITMQ_LOGS: "-",
        RABBITMQ_ENABLED_PLUGINS_FILE: join(messageQueueDir, "enabled_plugins"),
        // Busy waiting of idle schedulers would cost a third of a core.
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
      },
    },
  ],
};
