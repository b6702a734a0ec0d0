import type { Component } from "../component.ts";
import { configurationPath } from "../configuration.ts";

/** MariaDB and memcached, which every OpenStack API uses. */
export const database: Component = {
  packages: ["mariadb-server", "mariadb-client", "memcached", "python3-memcache", "python3-pymysql"],
  configuration: [{ name: "mariadb.cnf", owner: "mysql" }],
  services: [
    {
      name: "mariadb",
      stage: "base",
      port: 3306,
      command: ["mariadbd", `--defaults-file=${configurationPath("mariadb.cnf")}`],
      stopSignal: "TERM",
    },
    {
      name: "memcached",
      stage: "base",
      port: 11211,
      command: ["memcached", "-u", "nobody", "-l", "127.0.0.1", "-m", "64", "-c", "2048"],
    },
  ],
};
