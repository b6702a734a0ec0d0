import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { signIn } from "../../clients/openstack/sign-in.ts";
import { retry } from "../../lib/retry.ts";
import { isCloudOfEnvironment, programCloud } from "../../operations/run/program-cloud.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An external network of the cloud. */
export interface ExternalNetwork {
  id: string;
  name: string;
}

/** A zone of the cloud's DNS. */
export interface DnsZone {
  id: string;
  /** Name, with its final dot. */
  name: string;
}

/** Finds what the cloud has by name or id, each thing once; what is not there is one clear error. */
export class CloudLookups {
  readonly #options: { parent: pulumi.Resource };
  readonly #found = new Map<string, Promise<unknown>>();
  /** Ids that a lookup gave, of whatever form: no part of a cluster asks for them again. */
  static readonly #ids = new WeakSet<object>();

  constructor(parent: pulumi.Resource) {
    this.#options = { parent };
  }

  /** The id of an image. */
  image(nameOrId: pulumi.Input<string>): pulumi.Output<string> {
    return this.#id(nameOrId, (text) => this.#once(`image ${text}`, () => this.#image(text)));
  }

  /** The id of a flavor. */
  flavor(nameOrId: pulumi.Input<string>): pulumi.Output<string> {
    return this.#id(nameOrId, (text) => this.#once(`flavor ${text}`, () => this.#flavor(text)));
  }

  /** An external network. */
  externalNetwork(nameOrId: pulumi.Input<string>): pulumi.Output<ExternalNetwork> {
    return pulumi.output(nameOrId).apply((text) => this.#once(`network ${text}`, () => this.#externalNetwork(text)));
  }

  /** A DNS zone of the project, by its name with or without final dot. */
  zone(name: string): { id: pulumi.Output<string>; name: pulumi.Output<string> } {
    const zone = pulumi.output(this.#once(`zone ${name}`, () => this.#zone(name)));
    return { id: zone.id, name: zone.name };
  }

  #id(nameOrId: pulumi.Input<string>, find: (name: string) => Promise<string>): pulumi.Output<string> {
    if (pulumi.Output.isInstance(nameOrId) && CloudLookups.#ids.has(nameOrId)) return nameOrId as pulumi.Output<string>;
    const id = pulumi.output(nameOrId).apply(async (text) => (UUID.test(text) ? text : find(text)));
    CloudLookups.#ids.add(id);
    return id;
  }

  #once<T>(key: string, find: () => Promise<T>): Promise<T> {
    const known = this.#found.get(key) as Promise<T> | undefined;
    if (known) return known;
    const found = find();
    this.#found.set(key, found);
    // Pulumi shows each failure that nobody handles. Of a resource that asks for several things it would show the first alone.
    void found.then(() => {});
    return found;
  }

  async #image(name: string): Promise<string> {
    const { id } = await retry(() => openstack.images.getImage({ name }, this.#options)).catch((error) =>
      this.#refuse("image", name, "image list", error),
    );
    return id;
  }

  async #flavor(name: string): Promise<string> {
    const byName = await retry(() => openstack.compute.getFlavor({ name }, this.#options)).catch(() => undefined);
    if (byName) return byName.id;
    const { id } = await retry(() => openstack.compute.getFlavor({ flavorId: name }, this.#options)).catch((error) =>
      this.#refuse("flavor", name, "flavor list", error),
    );
    return id;
  }

  async #externalNetwork(text: string): Promise<ExternalNetwork> {
    const query = UUID.test(text) ? { networkId: text } : { name: text };
    const { id, name } = await retry(() => openstack.networking.getNetwork({ ...query, external: true }, this.#options)).catch((error) =>
      this.#refuse("external network", text, "network list --external", error),
    );
    return { id, name: name ?? text };
  }

  /** Throws the one error about the credentials, if they are refused; otherwise an error about what was looked up. */
  async #refuse(kind: string, name: string, list: string, cause: Error): Promise<never> {
    const isOwnCloud = this.#options.parent.getProvider("openstack:index:any") === undefined && isCloudOfEnvironment();
    const problem = isOwnCloud && !isAnswer(cause) ? await signInProblem() : undefined;
    if (problem) throw problem;
    const advice = `give the name or id of one that \`openstack ${list}\` shows`;
    throw new NotUsable(`${kind} "${name}" cannot be used: ${advice} (${firstLine(cause)})`);
  }

  async #zone(text: string): Promise<DnsZone> {
    const query = { name: `${text.replace(/\.$/, "")}.` };
    const { id, name } = await retry(() => openstack.dns.getDnsZone(query, this.#options)).catch((error) =>
      this.#refuse("DNS zone", text, "zone list", error),
    );
    return { id, name: name ?? query.name };
  }
}

/** Why nobody can sign in, once for each program: Pulumi shows an error as often as there are different ones. */
const signInProblems = new WeakMap<object, Promise<NotUsable | undefined>>();

function signInProblem(): Promise<NotUsable | undefined> {
  const monitor = pulumi.runtime.getMonitor() as object;
  const asked =
    signInProblems.get(monitor) ??
    signIn(programCloud()).then(
      () => undefined,
      (error: Error) => new NotUsable(error.message),
    );
  signInProblems.set(monitor, asked);
  return asked;
}

/** An error that Pulumi shows once and without a stack. */
class NotUsable extends pulumi.RunError {
  constructor(message: string) {
    super(message);
    // Each resource that uses what was looked up would prefix the message of this one error with its property.
    Object.defineProperty(this, "message", { get: () => message, set: () => {} });
  }
}

/** True when the cloud answered, with no result or with several. */
function isAnswer({ message }: Error): boolean {
  return /returned (no results|more than one)|unable to find|not found|no .* found|multiple .* found/i.test(message);
}

/** What the provider said, without the names of its functions. */
function firstLine(error: Error): string {
  const [, said = error.message] = /\* (.*)/.exec(error.message) ?? [];
  return said.replace(/\s+/g, " ").slice(0, 200).trim();
}
