type Auth = Readonly<Record<string, string | undefined>>;

/** Makes the body of a token request to Keystone: by application credential, by token or by password. */
export function tokenRequest(auth: Auth): object {
  if (auth.application_credential_secret) {
    // No scope: an application credential belongs to one project already.
    return { auth: { identity: { methods: ["application_credential"], application_credential: applicationCredential(auth) } } };
  }
  const scope = scopeOf(auth);
  return { auth: { identity: identity(auth), ...(scope ? { scope } : {}) } };
}

function applicationCredential(auth: Auth): object {
  const secret = auth.application_credential_secret;
  if (auth.application_credential_id) return { id: auth.application_credential_id, secret };
  return { name: auth.application_credential_name, secret, user: user(auth) };
}

function identity(auth: Auth): object {
  if (auth.token) return { methods: ["token"], token: { id: auth.token } };
  if (auth.password) return { methods: ["password"], password: { user: { ...user(auth), password: auth.password } } };
  throw new Error("the OpenStack credentials have no password, token or application credential; add one to clouds.yaml or to OS_*");
}

function user(auth: Auth): object {
  if (auth.user_id) return { id: auth.user_id };
  return { name: auth.username, domain: domain(auth, "user") };
}

function scopeOf(auth: Auth): object | undefined {
  if (auth.project_id) return { project: { id: auth.project_id } };
  if (auth.project_name) return { project: { name: auth.project_name, domain: domain(auth, "project") } };
  return undefined;
}

function domain(auth: Auth, owner: "user" | "project"): object {
  const id = auth[`${owner}_domain_id`];
  const name = auth[`${owner}_domain_name`];
  if (id) return { id };
  if (name) return { name };
  if (auth.domain_id) return { id: auth.domain_id };
  if (auth.domain_name) return { name: auth.domain_name };
  return { id: auth.default_domain ?? "default" };
}
