import { AUTH, ann, byCredential, byToken, type CloudCase, DEFAULT, ENVIRONMENT, LAB, lab } from "./case.ts";

export const CREDENTIAL_CASES: readonly CloudCase[] = [
  { title: "variables alone", environment: ENVIRONMENT, expected: {} },
  { title: "an openrc of old", environment: { ...ENVIRONMENT, OS_PROJECT_NAME: "", OS_TENANT_NAME: "web" }, expected: {} },
  { title: "auth_type password", files: lab(`auth_type: password, ${AUTH}`), environment: LAB, expected: {} },
  { title: "auth_type v3password", files: lab(`auth_type: v3password, ${AUTH}`), environment: LAB, expected: {} },
  {
    title: "auth_type v3token",
    files: lab(`auth_type: v3token, auth: { auth_url: "CLOUD_URL/v3", token: t1, project_name: web, project_domain_id: default }`),
    environment: LAB,
    expected: { auth: byToken("t1") },
  },
  {
    title: "auth_type token without a token",
    files: lab(`auth_type: token, ${AUTH}`),
    environment: LAB,
    refused: "have no password, token or application credential",
  },
  {
    title: "an application credential by its id",
    files: lab(
      'auth_type: v3applicationcredential, auth: { auth_url: "CLOUD_URL/v3", application_credential_id: a1, application_credential_secret: s1 }',
    ),
    environment: LAB,
    expected: { auth: byCredential({ id: "a1", secret: "s1" }) },
  },
  {
    title: "an application credential by its name and user",
    files: lab(
      'auth: { auth_url: "CLOUD_URL/v3", application_credential_name: ci, application_credential_secret: s1, username: ann, user_domain_name: People }',
    ),
    environment: LAB,
    expected: { auth: byCredential({ name: "ci", secret: "s1", user: { name: "ann", domain: { name: "People" } } }) },
  },
  {
    title: "an application credential without its secret",
    files: lab('auth: { auth_url: "CLOUD_URL/v3", application_credential_id: a1 }'),
    environment: LAB,
    refused: "have no application_credential_secret",
  },
  {
    title: "an application credential beside a password of the environment",
    files: lab('auth: { auth_url: "CLOUD_URL/v3", application_credential_id: a1, application_credential_secret: s1 }'),
    environment: { ...LAB, OS_USERNAME: "bob", OS_PASSWORD: "other", OS_USER_DOMAIN_ID: "default" },
    refused: "have both a password and an application credential, and Pulumi's plugin would use the password; remove one",
    plugin: { auth: { identity: { methods: ["password"], password: { user: { name: "bob", domain: DEFAULT, password: "other" } } } } },
  },
  {
    title: "clouds.yaml without a domain",
    files: lab('auth: { auth_url: "CLOUD_URL/v3", username: ann, password: secret, project_name: web }'),
    environment: LAB,
    refused: "have no domain of the user",
  },
  {
    title: "a domain for user and project",
    files: lab('auth: { auth_url: "CLOUD_URL/v3", username: ann, password: secret, project_name: web, domain_name: People }'),
    environment: LAB,
    expected: {
      auth: ann({
        user: { name: "ann", domain: { name: "People" }, password: "secret" },
        scope: { project: { name: "web", domain: { name: "People" } } },
      }),
    },
  },
  {
    title: "a user's id",
    files: lab('auth: { auth_url: "CLOUD_URL/v3", user_id: u1, password: secret, project_id: p1 }'),
    environment: LAB,
    expected: { auth: ann({ user: { id: "u1", password: "secret" }, scope: { project: { id: "p1" } } }) },
  },
  {
    title: "a user's id in variables, beside the plugin's default domain",
    environment: { OS_AUTH_URL: "CLOUD_URL/v3", OS_USER_ID: "u1", OS_PASSWORD: "secret", OS_PROJECT_ID: "p1", OS_REGION_NAME: "one" },
    refused: "have both user_id and a domain of the user",
  },
  {
    title: "the scope of the system",
    files: lab(AUTH.replace("project_name: web", "system_scope: all")),
    environment: LAB,
    refused: "have the scope of the system, and a cluster belongs to a project",
    plugin: { auth: ann({ scope: { system: { all: true } } }) },
  },
  {
    title: "a tenant in clouds.yaml",
    files: lab(AUTH.replace("project_name", "tenant_name").replace("user_domain_id: default, ", "")),
    environment: LAB,
    refused: "name no project",
  },
  {
    title: "credentials of the settings",
    settings: { authUrl: "CLOUD_URL/v3", userName: "ann", password: "secret", tenantName: "web", region: "two" },
    expected: { endpoint: "two-public" },
  },
  {
    title: "settings before variables",
    environment: { ...ENVIRONMENT, OS_USERNAME: "bob", OS_PASSWORD: "other" },
    settings: { userName: "ann", password: "secret" },
    expected: {},
  },
  {
    title: "an application credential of the settings",
    settings: { authUrl: "CLOUD_URL/v3", applicationCredentialId: "a1", applicationCredentialSecret: "s1", region: "one" },
    expected: { auth: byCredential({ id: "a1", secret: "s1" }) },
  },
  {
    title: "a token of the settings",
    settings: { authUrl: "CLOUD_URL/v3", token: "t1", tenantName: "web", region: "one" },
    expected: { auth: byToken("t1") },
  },
  {
    title: "a cloud of the environment before credentials of the settings",
    files: lab(AUTH),
    environment: LAB,
    settings: { authUrl: "http://other.invalid/v3", userName: "bob", password: "other" },
    expected: {},
  },
];
