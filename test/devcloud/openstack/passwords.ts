import type { Passwords } from "../../../devcloud/openstack/passwords.ts";

/** Passwords that a test can recognize. */
export const passwords: Passwords = {
  database: "database-secret",
  messageQueue: "queue-secret",
  admin: "admin-secret",
  service: "service-secret",
  project: "project-secret",
  metadata: "metadata-secret",
  nameServer: "name-server-secret",
  loadBalancer: "load-balancer-secret",
};
