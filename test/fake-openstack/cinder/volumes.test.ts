import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Exchange, ExchangeClient } from "../exchange-client.ts";
import { FakeCloud } from "../fake-cloud.ts";
import { INSTANT } from "../settings.ts";

const SECONDS = { volumeSeconds: 1, attachSeconds: 2, resizeSeconds: 3, deleteSeconds: 2 };
let cloud: FakeCloud;
let client: ExchangeClient;
let resizes: string[];
/** Time of the cloud, in seconds. */
let now: number;

beforeEach(async () => {
  now = 0;
  resizes = [];
  const quota = { ...INSTANT.quota, gigabytes: 100 };
  const onResize = ({ status, flavor }: { status: string; flavor: { name: string } }) => resizes.push(`${status} ${flavor.name}`);
  cloud = new FakeCloud({ settings: { ...INSTANT, ...SECONDS, quota }, time: () => now * 1000, onResize });
  await cloud.start();
  ({ client } = await ExchangeClient.connect(cloud.environment));
});
afterEach(() => cloud.stop());

const compute = (method: string, path: string, body?: object) => client.send(method, "compute", path, body);
const block = (method: string, path: string, body?: object, version?: string) => client.send(method, "volumev3", path, body, version);

async function makeServer(more: object = {}): Promise<string> {
  const [image, flavor] = [cloud.glance.images.all[0]!, cloud.nova.flavors.store.all[0]!];
  const { body } = await compute("POST", "/servers", { server: { name: "node", imageRef: image.id, flavorRef: flavor.id, ...more } });
  return body.server.id;
}

async function makeVolume(): Promise<string> {
  const { body } = await block("POST", "/volumes", { volume: { name: "data", size: 10 } });
  now += 1;
  return body.volume.id;
}

const attach = (server: string, volumeId: string) =>
  compute("POST", `/servers/${server}/os-volume_attachments`, { volumeAttachment: { volumeId } });
const extend = (id: string, new_size: number, version?: string) =>
  block("POST", `/volumes/${id}/action`, { "os-extend": { new_size } }, version);
const act = (server: string, action: object) => compute("POST", `/servers/${server}/action`, action);
const refusal = ({ status, body }: Exchange) => [status, Object.values(body as Record<string, { message: string }>)[0]!.message];

async function volume(id: string): Promise<object> {
  const { status, size, attachments } = (await block("GET", `/volumes/${id}`)).body.volume;
  return { status, size, servers: attachments.map(({ server_id }: { server_id: string }) => server_id) };
}

describe("attached volumes", () => {
  it("are in use after a while, until they are detached", async () => {
    const [server, id] = [await makeServer(), await makeVolume()];
    const attachment = { id, volumeId: id, serverId: server, device: "/dev/vdb" };
    expect(await attach(server, id)).toEqual({ status: 200, body: { volumeAttachment: attachment } });
    expect(await volume(id)).toEqual({ status: "reserved", size: 10, servers: [] });
    now += 2;
    expect(await volume(id)).toEqual({ status: "in-use", size: 10, servers: [server] });
    const path = `/servers/${server}/os-volume_attachments`;
    expect((await compute("GET", path)).body).toEqual({ volumeAttachments: [attachment] });
    expect((await compute("GET", `/servers/${server}`)).body.server["os-extended-volumes:volumes_attached"]).toEqual([{ id }]);

    expect((await compute("DELETE", `${path}/${id}`)).status).toBe(202);
    expect((await compute("DELETE", `${path}/${id}`)).status).toBe(400);
    now += 2;
    expect((await compute("DELETE", `${path}/${id}`)).status).toBe(404);
    expect(await volume(id)).toEqual({ status: "available", size: 10, servers: [] });
  });

  it("belong to one server, and are free when it is deleted", async () => {
    const [first, second, id] = [await makeServer(), await makeServer(), await makeVolume()];
    await attach(first, id);
    now += 2;
    expect(refusal(await attach(second, id))).toEqual([
      400,
      `Invalid volume: Volume ${id} status must be available or downloading to reserve, but the current status is in-use.`,
    ]);
    expect((await block("DELETE", `/volumes/${id}`)).status).toBe(400);
    await compute("DELETE", `/servers/${first}`);
    expect((await compute("DELETE", `/servers/${first}/os-volume_attachments/${id}`)).status).toBe(409);
    now += 2;
    expect(await volume(id)).toEqual({ status: "available", size: 10, servers: [] });
    expect((await attach(second, id)).status).toBe(200);
  });

  it("grow with a version of the API that supports it, within the quota", async () => {
    const [server, id] = [await makeServer(), await makeVolume()];
    await attach(server, id);
    now += 2;
    expect(refusal(await extend(id, 20))).toEqual([
      400,
      `Invalid volume: Volume ${id} status must be '{'status': 'available'}' to extend, currently in-use.`,
    ]);
    expect((await extend(id, 101, "3.42")).status).toBe(413);
    expect((await extend(id, 20, "3.42")).status).toBe(202);
    expect(await volume(id)).toMatchObject({ status: "extending", size: 10 });
    now += 1;
    expect(await volume(id)).toEqual({ status: "in-use", size: 20, servers: [server] });
  });
});

describe("boot volumes", () => {
  const disk = (volume_size: number) => {
    const uuid = cloud.glance.images.all[0]!.id;
    return { source_type: "image", destination_type: "volume", uuid, volume_size, boot_index: 0, delete_on_termination: true };
  };

  it("are made from the image with their server, and deleted with it", async () => {
    const server = await makeServer({ imageRef: "", block_device_mapping_v2: [disk(20)] });
    const { volumes } = (await block("GET", "/volumes/detail")).body;
    expect(volumes).toEqual([expect.objectContaining({ status: "in-use", size: 20, bootable: "true" })]);
    expect((await compute("GET", `/servers/${server}`)).body.server).toMatchObject({ status: "ACTIVE", image: "" });
    await compute("DELETE", `/servers/${server}`);
    expect(cloud.inventory).toMatchObject({ servers: 1, volumes: 1 });
    now += 3;
    expect(cloud.inventory).toMatchObject({ servers: 0, volumes: 1 });
    now += 1;
    expect(cloud.inventory).toMatchObject({ servers: 0, volumes: 0 });
  });

  it("make their server end in ERROR when the quota is too small for them", async () => {
    const server = await makeServer({ imageRef: "", block_device_mapping_v2: [disk(101)] });
    const { status, fault } = (await compute("GET", `/servers/${server}`)).body.server;
    expect(status).toBe("ERROR");
    expect(fault.message).toContain("0 of 100 gigabytes are used, and 101 more were requested.");
    expect(cloud.inventory).toMatchObject({ servers: 1, volumes: 0 });
  });
});

describe("resizes", () => {
  it("are requested, executed and confirmed, one after another", async () => {
    const server = await makeServer();
    const flavor = cloud.nova.flavors.store.all[1]!;
    const resize = { resize: { flavorRef: flavor.id } };
    expect((await act(server, { confirmResize: null })).status).toBe(409);
    expect((await act(server, resize)).status).toBe(202);
    expect((await act(server, resize)).status).toBe(409);
    now += 3;
    expect((await act(server, { confirmResize: null })).status).toBe(204);
    now += 3;
    expect((await compute("GET", `/servers/${server}`)).body.server).toMatchObject({ status: "ACTIVE", flavor: { id: flavor.id } });
    expect(refusal(await act(server, resize))).toEqual([400, "When resizing, instances must change flavor!"]);
    expect(resizes).toEqual(["RESIZE node.small", "VERIFY_RESIZE node.medium", "ACTIVE node.medium"]);
  });
});
