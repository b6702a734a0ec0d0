/** Way to describe a cloud, and what clients make of it. `CLOUD_URL` stands for the address of the cloud that is asked. */
export interface CloudCase {
  title: string;
  /** Files by their paths below the folder in which the client runs. `HOME` stands for the home folder. */
  files?: Readonly<Record<string, string>>;
  environment?: Readonly<Record<string, string>>;
  /** Settings of Pulumi's plugin. */
  settings?: Readonly<Record<string, string>>;
  /** Regions of the cloud. @default one and two */
  regions?: readonly string[];
  /** Address that is asked. @default "http" */
  cloud?: "http" | "https" | "behind-proxy";
  /** Sign-in and endpoint. */
  expected?: Outcome;
  /** Text of our client's error. */
  refused?: string;
  /** Behaviour of the plugin where our client refuses. @default it fails */
  plugin?: Outcome | "fails";
}

/** Sign-in and endpoint that a client uses. */
export interface Outcome {
  /** Body of the token request, without its outer key. @default ann's password for the project web */
  auth?: object;
  /** Region and interface of the endpoint that was asked. @default one-public */
  endpoint?: string;
  /** Requests that came through the proxy. @default none */
  proxied?: readonly string[];
}

export const DEFAULT = { id: "default" };

/** Token request of ann. */
export function ann(changes: { user?: object; scope?: object | undefined } = {}): object {
  const { user = { name: "ann", domain: DEFAULT, password: "secret" }, scope = { project: { name: "web", domain: DEFAULT } } } = changes;
  return { identity: { methods: ["password"], password: { user } }, scope };
}

export const ANN = "username: ann, password: secret, project_name: web, user_domain_id: default, project_domain_id: default";
export const AUTH = `auth: { auth_url: "CLOUD_URL/v3", ${ANN} }`;
export const ENVIRONMENT = {
  OS_AUTH_URL: "CLOUD_URL/v3",
  OS_USERNAME: "ann",
  OS_PASSWORD: "secret",
  OS_PROJECT_NAME: "web",
  OS_REGION_NAME: "one",
};
export const LAB = { OS_CLOUD: "lab" };
export const byCredential = (credential: object) => ({
  identity: { methods: ["application_credential"], application_credential: credential },
});
export const byToken = (id: string) => ({
  identity: { methods: ["token"], token: { id } },
  scope: { project: { name: "web", domain: DEFAULT } },
});

/** Makes a clouds.yaml with one cloud. */
export const lab = (entry: string, region = "region_name: one") => ({
  "clouds.yaml": `clouds: { lab: { ${[entry, region].filter(Boolean).join(", ")} } }`,
});

/** The variables of a shell: credentials of another cloud among them. */
export const OTHER = {
  OS_CLOUD: "lab",
  OS_AUTH_URL: "http://other.invalid/v3",
  OS_USERNAME: "bob",
  OS_PASSWORD: "other",
  OS_PROJECT_NAME: "else",
};
