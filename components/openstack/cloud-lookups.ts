import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { OpenStack } from "../../clients/openstack/client.ts";
import { hasAnswered } from "../../clients/openstack/requests.ts";
import { signIn } from "../../clients/openstack/sign-in.ts";
import { isId } from "../../lib/ids.ts";
import { retry } from "../../lib/retry.ts";
import { adviceOn } from "../../operations/names/check-names.ts";
import { KINDS, type KindName } from "../../operations/names/kinds.ts";
import { programCloud } from "../../operations/run/program-cloud.ts";

/** External network of the cloud. */
export interface ExternalNetwork {
  id: string;
  name: string;
}

/** Zone of the cloud's DNS. */
export interface DnsZone {
  id: string;
  /** Name, with its final dot. */
  name: string;
}

/** Lookups of images, flavors, networks, security groups and zones by name or id, one request each. A missing one is one clear error. */
export class CloudLookups {
  readonly #options: { parent: pulumi.Resource };
  readonly #found = new Map<string, Promise<unknown>>();
  /** Ids that a lookup has returned, in any format. No part of a cluster looks them up again. */
  static readonly #ids = new WeakSet<object>();

  constructor(parent: pulumi.Resource) {
    this.#options = { parent };
  }

  /** Returns the id of an image. */
  image(nameOrId: pulumi.Input<string>): pulumi.Output<string> {
    return this.#id(nameOrId, (text) => this.#once(`image ${text}`, () => this.#image(text)));
  }

  /** Returns the id of a flavor. */
  flavor(nameOrId: pulumi.Input<string>): pulumi.Output<string> {
    return this.#id(nameOrId, (text) => this.#once(`flavor ${text}`, () => this.#flavor(text)));
  }

  /** Returns an external network. */
  externalNetwork(nameOrId: pulumi.Input<string>): pulumi.Output<ExternalNetwork> {
    return pulumi.output(nameOrId).apply((text) => this.#once(`network ${text}`, () => this.#externalNetwork(text)));
  }

  /** Returns a DNS zone of the project by its name, with or without final dot. */
  zone(name: string): { id: pulumi.Output<string>; name: pulumi.Output<string> } {
    const zone = pulumi.output(this.#once(`zone ${name}`, () => this.#zone(name)));
    return { id: zone.id, name: zone.name };
  }

  /** Returns the name of a security group, because Nova and the plugin know the groups of a server by their names. */
  securityGroupName(id: pulumi.Input<string>): pulumi.Output<string> {
    return pulumi.output(id).apply((text) => this.#once(`security group ${text}`, () => this.#securityGroup(text)));
  }

  /** Returns the names of Cinder's availability zones. */
  volumeZones(): pulumi.Output<string[]> {
    const list = () => openstack.blockstorage.getAvailabilityZonesV3({}, this.#options);
    return pulumi.output(this.#once("volume zones", () => ask("volume zones", list))).names;
  }

  #id(nameOrId: pulumi.Input<string>, find: (name: string) => Promise<string>): pulumi.Output<string> {
    if (pulumi.Output.isInstance(nameOrId) && CloudLookups.#ids.has(nameOrId)) return nameOrId as pulumi.Output<string>;
    const id = pulumi.output(nameOrId).apply(async (text) => (isId(text) ? text : find(text)));
    CloudLookups.#ids.add(id);
    return id;
  }

  #once<T>(key: string, find: () => Promise<T>): Promise<T> {
    const known = this.#found.get(key) as Promise<T> | undefined;
    if (known) return known;
    const found = find();
    this.#found.set(key, found);
    // Not handled here, so that Pulumi shows each failure. Of a resource with several failed lookups it would show only the first.
    void found.then(() => {});
    return found;
  }

  async #image(name: string): Promise<string> {
    const { id } = await ask(`image ${name}`, () => openstack.images.getImage({ name }, this.#options)).catch((error) =>
      this.#refuse("image", name, error),
    );
    return id;
  }

  async #flavor(name: string): Promise<string> {
    const byName = await ask(`flavor ${name}`, () => openstack.compute.getFlavor({ name }, this.#options)).catch(() => undefined);
    if (byName) return byName.id;
    const { id } = await ask(`flavor ${name}`, () => openstack.compute.getFlavor({ flavorId: name }, this.#options)).catch((error) =>
      this.#refuse("flavor", name, error),
    );
    return id;
  }

  async #securityGroup(secgroupId: string): Promise<string> {
    const { name } = await ask(`security group ${secgroupId}`, () => openstack.networking.getSecGroup({ secgroupId }, this.#options)).catch(
      (error) => this.#refuse("securityGroup", secgroupId, error),
    );
    return name ?? secgroupId;
  }

  async #externalNetwork(text: string): Promise<ExternalNetwork> {
    const query = isId(text) ? { networkId: text } : { name: text };
    const { id, name } = await ask(`network ${text}`, () =>
      openstack.networking.getNetwork({ ...query, external: true }, this.#options),
    ).catch((error) => this.#refuse("externalNetwork", text, error));
    return { id, name: name ?? text };
  }

  /** Throws an error about the credentials if the cloud refuses them; otherwise an error about the failed lookup. */
  async #refuse(kind: KindName, name: string, cause: Error): Promise<never> {
    const isOwnCloud = this.#options.parent.getProvider("openstack:index:any") === undefined;
    const cloud = isOwnCloud ? await signedIn() : undefined;
    if (cloud instanceof LookupError && !isAnswer(cause)) throw cloud;
    const { title, command } = KINDS[kind];
    const known = cloud instanceof OpenStack && isAnswer(cause) ? await adviceOn(cloud, kind, name).catch(() => undefined) : undefined;
    const advice = known ?? `give the name or id of one that \`openstack ${command}\` shows`;
    throw new LookupError(`${title} "${name}" cannot be used: ${advice} (${firstLine(cause)})`);
  }

  async #zone(text: string): Promise<DnsZone> {
    const query = { name: `${text.replace(/\.$/, "")}.` };
    const { id, name } = await ask(`DNS zone ${text}`, () => openstack.dns.getDnsZone(query, this.#options)).catch((error) =>
      this.#refuse("dnsZone", text, error),
    );
    return { id, name: name ?? query.name };
  }
}

/** Looks something up. Transient failures are retried, which a line of information says. */
function ask<T>(what: string, request: () => Promise<T>): Promise<T> {
  return retry(request, { hasAnswered, onRetry: (message) => void pulumi.log.info(`lookup of ${what}: ${message}`) });
}

/**
 * Sign-ins for failed lookups, by connection to the engine. All lookups throw the same error of a failed one, because Pulumi shows each
 * different error.
 */
const signIns = new WeakMap<object, Promise<OpenStack | LookupError>>();

function signedIn(): Promise<OpenStack | LookupError> {
  const monitor = pulumi.runtime.getMonitor() as object;
  const cloud = signIns.get(monitor) ?? signIn(programCloud()).catch((error: Error) => new LookupError(error.message));
  signIns.set(monitor, cloud);
  return cloud;
}

/** Error of a lookup, which Pulumi shows once and without a stack trace. */
class LookupError extends pulumi.RunError {
  constructor(message: string) {
    super(message);
    // Fixed, because each resource that uses the lookup would prefix this one message with its property.
    Object.defineProperty(this, "message", { get: () => message, set: () => {} });
  }
}

/** Returns whether an error is an answer of the cloud: no result, or more than one. */
function isAnswer({ message }: Error): boolean {
  return /returned (no results|more than one)|unable to find|not found|no .* found|multiple .* found/i.test(message);
}

/** Returns the provider's message without the names of its functions. */
function firstLine(error: Error): string {
  const [, said = error.message] = /\* (.*)/.exec(error.message) ?? [];
  return said.replace(/\s+/g, " ").slice(0, 200).trim();
}
