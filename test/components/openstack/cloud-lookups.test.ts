import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { CloudLookups } from "../../../components/openstack/cloud-lookups.ts";
import { FakeOpenStack } from "../../support/fake-openstack.ts";
import { startSignedIn } from "../../support/signed-in.ts";

const ID = "2f3a4b5c-0000-4000-8000-0123456789ab";
/** Objects of the cloud, by calls of the provider's functions. */
const CLOUD: Record<string, object> = {
  'getImage {"name":"node"}': { id: ID },
  'getFlavor {"name":"node.small"}': { id: "42" },
  'getFlavor {"flavorId":"42"}': { id: "42" },
  'getNetwork {"external":true,"name":"public"}': { id: ID, name: "public" },
  [`getNetwork {"external":true,"networkId":"${ID}"}`]: { id: ID, name: "public" },
  'getDnsZone {"name":"k8s.example.com."}': { id: ID, name: "k8s.example.com." },
};

/** Listeners of Vitest, which fail the run. */
const listeners = process.listeners("unhandledRejection");

let asked: string[];
/** Messages of unhandled rejections: Pulumi shows each. */
let shown: string[];
let cloud: CloudLookups;
/** Error of the provider for a missing object. */
let said: string;

beforeEach(async () => {
  asked = [];
  shown = [];
  said = "Your query returned no results";
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", (error: Error) => shown.push(error.message));
  const call = ({ token, inputs }: pulumi.runtime.MockCallArgs) => {
    const question = `${token.split(":").pop()} ${JSON.stringify(inputs, Object.keys(inputs).sort())}`;
    asked.push(question);
    // The SDK shows the details of a gRPC error.
    const details = `invoking a function: 1 error occurred:\n\t* ${said}\n\n`;
    if (!CLOUD[question]) throw Object.assign(new Error(), { details });
    return CLOUD[question];
  };
  await pulumi.runtime.setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call });
  cloud = new CloudLookups(new pulumi.ComponentResource("test:index:Parent", "parent"));
});

afterEach(() => {
  process.removeAllListeners("unhandledRejection");
  for (const listener of listeners) process.on("unhandledRejection", listener);
});

it("finds images, flavors and networks by name", async () => {
  expect(await result(cloud.image("node"))).toBe(ID);
  expect(await result(cloud.flavor("node.small"))).toBe("42");
  expect(await result(cloud.externalNetwork("public"))).toEqual({ id: ID, name: "public" });
});

it("finds flavors by an id that is no UUID, and external networks by a UUID", async () => {
  expect(await result(cloud.flavor("42"))).toBe("42");
  expect(await result(cloud.externalNetwork(ID))).toEqual({ id: ID, name: "public" });
});

it("finds a DNS zone by its name, with or without final dot", async () => {
  for (const name of ["k8s.example.com", "k8s.example.com."]) {
    const zone = cloud.zone(name);
    expect(await Promise.all([zone.id, zone.name].map(result))).toEqual([ID, "k8s.example.com."]);
  }
});

it("does not look up ids of images and flavors", async () => {
  expect(await Promise.all([cloud.image(ID), cloud.flavor(pulumi.output(ID))].map(result))).toEqual([ID, ID]);
  expect(asked).toEqual([]);
});

it("does not look up an id that a lookup has returned, in any format", async () => {
  const { flavor, image } = { flavor: cloud.flavor("node.small"), image: cloud.image("node") };
  const other = new CloudLookups(new pulumi.ComponentResource("test:index:Parent", "other"));
  expect(await Promise.all([other.flavor(flavor), other.image(image)].map(result))).toEqual(["42", ID]);
  expect(asked.sort()).toEqual(['getFlavor {"name":"node.small"}', 'getImage {"name":"node"}']);
});

it("looks up each name once", async () => {
  await Promise.all([cloud.image("node"), cloud.image(pulumi.output("node")), cloud.flavor("node.small")].map(result));
  expect(asked.sort()).toEqual(['getFlavor {"name":"node.small"}', 'getImage {"name":"node"}']);
});

it.each([
  ["image", "image", "image list"],
  ["flavor", "flavor", "flavor list"],
  ["externalNetwork", "external network", "network list --external"],
] as const)("names the %s that the cloud does not have, and how to see those that it has", async (method, kind, list) => {
  await expect(result<unknown>(cloud[method]("nothing"))).rejects.toThrow(
    `${kind} "nothing" cannot be used: give the name or id of one that \`openstack ${list}\` shows (Your query returned no results)`,
  );
});

it("names what the cloud has that is nearest to a misspelt name", async () => {
  const openstack = await startSignedIn();
  openstack.objects.images = [{ id: ID, name: "node" }];
  try {
    const image = cloud.image("nodes");
    await expect(result(image)).rejects.toThrow('image "nodes" cannot be used: use "node" (Your query returned no results)');
  } finally {
    openstack.stop();
    vi.unstubAllEnvs();
  }
});

it("names the missing DNS zone, and the command that lists existing ones", async () => {
  const zone = cloud.zone("nothing.test");
  result(zone.name).catch(() => {});
  await expect(result(zone.id)).rejects.toThrow(
    'DNS zone "nothing.test" cannot be used: give the name or id of one that `openstack zone list` shows (Your query returned no results)',
  );
});

it("makes Pulumi show all failed lookups of a resource, not only the first", async () => {
  const rejected = [cloud.image("no-image"), cloud.flavor("no-flavor")].map((output) => result(output).catch(({ message }) => message));
  const messages = await Promise.all(rejected);
  await expect.poll(() => shown.filter((message) => message.includes("no-"))).toEqual(messages);
});

it("has one error for refused credentials, for any lookup", async () => {
  const keystone = new FakeOpenStack();
  await keystone.start();
  keystone.refusals.set("/v3/auth/tokens", [401]);
  for (const [name, value] of Object.entries({
    OS_AUTH_URL: keystone.url,
    OS_USERNAME: "ann",
    OS_PROJECT_NAME: "web",
    OS_PASSWORD: "wrong",
    OS_CLOUD: undefined,
  }))
    vi.stubEnv(name, value);
  said = "Authentication failed";
  try {
    const asked = [cloud.image("node"), cloud.flavor("no-flavor"), cloud.image("no-image"), cloud.externalNetwork("no-network")];
    const [image, ...errors] = await Promise.all(asked.map((each) => result<unknown>(each).catch((error) => error)));
    const [{ message }] = errors as [Error];
    expect(image).toBe(ID);
    // Pulumi shows the same error once.
    expect(new Set(errors).size).toBe(1);
    await expect.poll(() => shown).toEqual([message, message, message]);
    expect(message).toContain(`${keystone.url}/v3 cannot be used: it does not accept the credentials (`);
  } finally {
    keystone.stop();
    vi.unstubAllEnvs();
  }
});

/** Returns the value of an output, or throws its error. Failures of its other facts are ignored. */
function result<T>(output: pulumi.Output<T>): Promise<T> {
  const all = output as unknown as {
    isKnown: Promise<boolean>;
    isSecret: Promise<boolean>;
    allResources(): Promise<unknown>;
    promise(): Promise<T>;
  };
  for (const fact of [all.isKnown, all.isSecret, all.allResources()]) fact.catch(() => {});
  return all.promise();
}
