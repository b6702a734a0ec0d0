import { runDir } from "../support/paths.ts";
import type { Section } from "./configuration.ts";

const identityUrl = "http://127.0.0.1:5000/v3";

/** Access of a service to its database. */
export function database(name: string, section = "database"): Section {
  return (passwords) => `
[${section}]
connection = mysql+pymysql://openstack:${passwords.database}@127.0.0.1/${name}
max_pool_size = 10
max_overflow = 40`;
}

/** Credentials with which a service calls another service, which `section` names. */
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

/** Check of callers' tokens by an API. */
export const tokenValidation: Section = (passwords) => `
${serviceAccess("keystone_authtoken")(passwords).trim()}
www_authenticate_uri = ${identityUrl}
memcached_servers = 127.0.0.1:11211
service_token_roles_required = true`;

/** Remote procedure calls between the processes of a service. Notifications are off, since nobody reads them. */
export const messaging: Section = (passwords) => `
[DEFAULT]
transport_url = rabbit://openstack:${passwords.messageQueue}@127.0.0.1:5672/
rpc_response_timeout = 180

[oslo_messaging_notifications]
driver = noop`;

/** Logs go to standard error, where supervisord collects them. Locks last no longer than the running cloud. */
export const logging: Section = () => `
[DEFAULT]
use_stderr = true
log_file =
log_dir =

[oslo_concurrency]
lock_path = ${runDir}/lock`;
