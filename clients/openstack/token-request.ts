import type { Credentials } from "./credentials.ts";

const NO_PROJECT = "name no project; add project_name or project_id (tenant_name is not read)";

/** Outside of clouds.yaml the plugin always has a default domain. */
const USER_ID_WITH_DOMAIN =
  "have both user_id and a domain of the user, which Pulumi's plugin refuses; use username, or a cloud of clouds.yaml with user_id and no domain";

/**
 * Makes the body of a token request to Keystone: by token, password or application credential. Credentials that Pulumi's plugin refuses or
 * signs in with otherwise than was meant are errors.
 */
export function tokenRequest(credentials: Credentials): object {
  const byApplicationCredential = Object.keys(credentials).some((name) => name.startsWith("application_credential_"));
  const auth = withDomains(credentials, byApplicationCredential);
  const method = identity(auth);
  // No scope: an application credential belongs to one project already.
  const scope = byApplicationCredential ? undefined : scopeOf(auth);
  return { auth: { identity: method, ...(scope ? { scope } : {}) } };
}

function identity(auth: Credentials): object {
  if (auth.token) return { methods: ["token"], token: { id: auth.token } };
  const { application_credential_id: id, application_credential_name: name, application_credential_secret: secret } = auth;
  if (auth.password) {
    if (id || name) refuse("have both a password and an application credential, and Pulumi's plugin would use the password; remove one");
    if (auth.user_id && auth.username) refuse("have both username and user_id; remove one");
    if (auth.user_id && (auth.user_domain_id || auth.user_domain_name)) refuse(USER_ID_WITH_DOMAIN);
    return { methods: ["password"], password: { user: { ...user(auth), password: auth.password } } };
  }
  if (!id && !name) refuse("have no password, token or application credential; add one to clouds.yaml or to OS_*");
  if (!secret) refuse("have no application_credential_secret; add it");
  return { methods: ["application_credential"], application_credential: id ? { id, secret } : { name, secret, user: user(auth) } };
}

function user(auth: Credentials): object {
  if (auth.user_id) return { id: auth.user_id };
  if (!auth.username) refuse("have neither username nor user_id; add one");
  return { name: auth.username, domain: domain(auth, "user") };
}

function scopeOf(auth: Credentials): object | undefined {
  if (auth.project_id) return { project: { id: auth.project_id } };
  if (auth.project_name) return { project: { name: auth.project_name, domain: domain(auth, "project") } };
  if (auth.system_scope) refuse("have the scope of the system, and a cluster belongs to a project; add project_name or project_id");
  if (auth.domain_id || auth.domain_name)
    refuse("have the scope of a domain, and a cluster belongs to a project; add project_name or project_id");
  return undefined;
}

/** Fills in the domains of user and project from `domain_id`, `domain_name` and `default_domain`. */
function withDomains(auth: Credentials, byApplicationCredential: boolean): Credentials {
  if (!byApplicationCredential && !auth.project_id && !auth.project_name) return auth;
  const owners = ["user", "project"].map((owner) => {
    const [idName, nameName] = [`${owner}_domain_id`, `${owner}_domain_name`];
    const id = auth[idName] || auth.domain_id;
    const name = auth[nameName] || auth.domain_name;
    return { [idName]: id || (name ? undefined : auth.default_domain), [nameName]: name };
  });
  return Object.assign({}, auth, ...owners);
}

function domain(auth: Credentials, owner: "user" | "project"): object {
  const id = auth[`${owner}_domain_id`];
  const name = auth[`${owner}_domain_name`];
  if (owner === "user" && id && name) refuse("have both an id and a name of the user's domain; remove one");
  if (id) return { id };
  if (name) return { name };
  if (!auth.project_id && !auth.project_name && !auth.application_credential_name) refuse(NO_PROJECT);
  return refuse(`have no domain of the ${owner}; add ${owner}_domain_name: Default, if the cloud has no other`);
}

function refuse(problem: string): never {
  throw new Error(`the OpenStack credentials ${problem}`);
}
