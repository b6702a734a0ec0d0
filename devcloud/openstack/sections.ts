import { runDir } from "../support/paths.ts";
import type { Section } from "./configuration.ts";

const identityUrl = "http://127.0.0.1:5000/v3";

/** How a service reaches its database. */
export function database(name: string, section = "database"): Section {
  return (passwords) => `
[${section}]
connection = mysql+pymysql://openstack:${passwords.database}@127.0.0.1/${name}
max_pool_size = 10
max_overflow = 40`;
}

/** How a service signs in to Keystone to call another service; `section` names the other one. */
export function serviceAccess(section: string): Section {
  return (passwords) => `
[${section}]
auth_type = password
auth_url = ${identityUrl}
username = service
password = ${passwords.service}
project_name = service
user_domain_id = default
project_domain_id = default
region_name = RegionOne`;
}

/** How an API checks the tokens of its callers. */
export const tokenValidation: Section = (passwords) => `
${serviceAccess("keystone_authtoken")(passwords).trim()}
www_authenticate_uri = ${identityUrl}
memcached_servers = 127.0.0.1:11211
service_token_roles_required = true`;

/** Remote procedure calls between the processes of a service; nobody listens to notifications. */
export const messaging: Section = (passwords) => `
[DEFAULT]
transport_url = rabbit://openstack:${passwords.messageQueue}@127.0.0.1:5672/
rpc_response_timeout = 180

[oslo_messaging_notifications]
driver = noop`;

/** Logs go to standard error, where supervisord collects them; locks end with the machine's uptime. */
export const logging: Section = () => `
[DEFAULT]
use_stderr = true
log_file =
log_dir =

[oslo_concurrency]
lock_path = ${runDir}/lock`;
