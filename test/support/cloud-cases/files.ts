import { ANN, AUTH, ann, byToken, type CloudCase, DEFAULT, LAB, lab, OTHER } from "./case.ts";

export const FILE_CASES: readonly CloudCase[] = [
  { title: "a cloud of clouds.yaml", files: lab(AUTH), environment: LAB, expected: {} },
  {
    title: "the cloud of the plugin's settings",
    files: lab(AUTH),
    environment: { OS_CLOUD: "none" },
    settings: { cloud: "lab" },
    expected: {},
  },
  { title: "clouds.yaml before clouds.yml", files: { "clouds.yml": "clouds: {}", ...lab(AUTH) }, environment: LAB, expected: {} },
  { title: "clouds.yml", files: { "clouds.yml": lab(AUTH)["clouds.yaml"] }, environment: LAB, expected: {} },
  {
    title: "a file in $HOME, where that is not the account's home folder",
    files: { "HOME/.config/openstack/clouds.yaml": lab(AUTH)["clouds.yaml"] },
    environment: LAB,
    refused: 'cloud "lab" (OS_CLOUD) needs a clouds.yaml; put one in',
  },
  {
    title: "OS_CLIENT_CONFIG_FILE",
    files: { ...lab("auth: {}"), "other/mine.yaml": lab(AUTH)["clouds.yaml"] },
    environment: { ...LAB, OS_CLIENT_CONFIG_FILE: "other/mine.yaml" },
    expected: {},
  },
  {
    title: "OS_CLIENT_CONFIG_FILE that does not exist",
    files: lab(AUTH),
    environment: { ...LAB, OS_CLIENT_CONFIG_FILE: "mine.yaml" },
    refused: "OS_CLIENT_CONFIG_FILE names mine.yaml, which does not exist",
    plugin: {},
  },
  {
    title: "merge keys and anchors",
    files: {
      "clouds.yaml": `x: &common { region_name: one, auth: &auth { auth_url: "CLOUD_URL/v3", ${ANN} } }
clouds:
  lab:
    <<: *common
    auth: { <<: *auth, project_name: api }`,
    },
    environment: LAB,
    expected: { auth: ann({ scope: { project: { name: "api", domain: DEFAULT } } }) },
  },
  {
    title: "numbers and words that are text",
    files: lab(
      'auth: { auth_url: "CLOUD_URL/v3", username: 0123, password: 1e3, project_id: 12345678901234567890123456789012, user_domain_id: no }',
    ),
    environment: LAB,
    expected: {
      auth: ann({
        user: { name: "0123", domain: { id: "no" }, password: "1e3" },
        scope: { project: { id: "12345678901234567890123456789012" } },
      }),
    },
  },
  {
    title: "secure.yaml",
    files: { ...lab(AUTH.replace("password: secret, ", "")), "secure.yaml": "clouds: { lab: { auth: { password: secret } } }" },
    environment: LAB,
    expected: {},
  },
  {
    title: "secure.yaml beside OS_CLIENT_CONFIG_FILE",
    files: {
      "other/clouds.yaml": lab(AUTH.replace("password: secret, ", ""))["clouds.yaml"],
      "other/secure.yaml": "clouds: { lab: { auth: { password: secret } } }",
    },
    environment: { ...LAB, OS_CLIENT_CONFIG_FILE: "other/clouds.yaml" },
    refused: "have no password, token or application credential",
  },
  {
    title: "a profile of clouds-public.yaml, whose values clouds.yaml overrides",
    files: {
      ...lab(`profile: vendor, auth: { ${ANN} }`),
      "clouds-public.yaml": 'public-clouds: { vendor: { region_name: two, auth: { auth_url: "CLOUD_URL/v3", project_name: public } } }',
    },
    environment: LAB,
    expected: {},
  },
  {
    title: "a vendor that only openstacksdk knows",
    files: lab(`profile: ovh, ${AUTH}`),
    environment: LAB,
    refused: 'the profile "ovh" is not in',
  },
  {
    title: "values of the region that is chosen",
    files: lab(`${AUTH}, regions: [two, { name: one, values: { auth: { project_name: api } } }]`, ""),
    environment: { ...LAB, OS_REGION_NAME: "one" },
    expected: { auth: ann({ scope: { project: { name: "api", domain: DEFAULT } } }) },
  },
  {
    title: "a cloud that is not there",
    files: lab(AUTH),
    environment: { OS_CLOUD: "lap" },
    refused: 'has no cloud "lap" (OS_CLOUD); it has lab',
  },
  {
    title: "a password of the environment",
    files: lab(AUTH.replace("password: secret, ", "")),
    environment: { ...LAB, OS_PASSWORD: "secret" },
    expected: {},
  },
  { title: "clouds.yaml before credentials of the environment", files: lab(AUTH), environment: OTHER, expected: {} },
  {
    title: "a project's id of the environment, which goes before a name of clouds.yaml",
    files: lab(AUTH),
    environment: { ...LAB, OS_PROJECT_ID: "p1" },
    expected: { auth: ann({ scope: { project: { id: "p1" } } }) },
  },
  {
    title: "a token of the environment, which goes before a password",
    files: lab(AUTH),
    environment: { ...LAB, OS_TOKEN: "t1" },
    expected: { auth: byToken("t1") },
  },
  {
    title: "a region of the environment before that of clouds.yaml",
    files: lab(AUTH),
    environment: { ...LAB, OS_REGION_NAME: "two" },
    expected: { endpoint: "two-public" },
  },
  {
    title: "a region of the settings",
    files: lab(AUTH),
    environment: { ...LAB, OS_REGION_NAME: "one" },
    settings: { region: "two" },
    expected: { endpoint: "two-public" },
  },
  { title: "no region where there is one", files: lab(AUTH, ""), environment: LAB, regions: ["one"], expected: {} },
  {
    title: "no region where there are several",
    files: lab(AUTH, ""),
    environment: LAB,
    refused: "OpenStack has the regions one, two; name one: region_name in clouds.yaml, OS_REGION_NAME or openstack:region",
    plugin: {},
  },
  {
    title: "a region that does not exist",
    files: lab(AUTH, "region_name: three"),
    environment: LAB,
    refused: 'no public endpoint of the service "compute" in the region three',
  },
  { title: "an interface of clouds.yaml, which nobody reads", files: lab(`${AUTH}, interface: internal`), environment: LAB, expected: {} },
  {
    title: "OS_ENDPOINT_TYPE",
    files: lab(AUTH),
    environment: { ...LAB, OS_ENDPOINT_TYPE: "internalURL" },
    expected: { endpoint: "one-internal" },
  },
  {
    title: "an endpoint type of the settings",
    files: lab(AUTH),
    environment: LAB,
    settings: { endpointType: "admin" },
    expected: { endpoint: "one-admin" },
  },
  {
    title: "an endpoint type that does not exist",
    files: lab(AUTH),
    environment: { ...LAB, OS_ENDPOINT_TYPE: "secret" },
    refused: 'the endpoint type "secret" does not exist',
  },
  {
    title: "a Keystone without a version in its address",
    files: lab(AUTH.replace("CLOUD_URL/v3", "CLOUD_URL")),
    environment: LAB,
    expected: {},
  },
  {
    title: "version 2.0 of the identity API",
    files: lab(AUTH.replace("CLOUD_URL/v3", "CLOUD_URL/v2.0")),
    environment: LAB,
    refused: "version 2.0 of the identity API, which no cloud has any more",
  },
];
