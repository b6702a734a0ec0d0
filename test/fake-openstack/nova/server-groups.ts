import { randomUUID } from "node:crypto";
import { type ApiRequest, given, Refusal, type Route } from "../api.ts";
import { Store } from "../store.ts";
import { microversion } from "./microversion.ts";

interface ServerGroup {
  id: string;
  name: string;
  policy: string;
  members: string[];
}

/** Server groups and their members. */
export class ServerGroups {
  readonly store = new Store<ServerGroup>();
  readonly #projectId: string;
  readonly #userId: string;
  readonly #limit: number;

  /** @param limit the project's quota of a group's members */
  constructor(projectId: string, userId: string, limit: number) {
    this.#projectId = projectId;
    this.#userId = userId;
    this.#limit = limit;
  }

  get routes(): Route[] {
    const route = (method: string, rest: string, handle: Route["handle"]): Route => {
      return { service: "compute", method, pattern: `/compute/v2.1/os-server-groups${rest}`, handle };
    };
    return [
      route("GET", "", (request) => ({ status: 200, body: { server_groups: this.store.all.map((group) => this.#shown(group, request)) } })),
      route("POST", "", (request) => ({ status: 200, body: { server_group: this.#shown(this.#make(request), request) } })),
      route("GET", "/{id}", (request) => ({
        status: 200,
        body: { server_group: this.#shown(this.#find(request.params.id ?? ""), request) },
      })),
      route("DELETE", "/{id}", ({ params }) => {
        this.store.delete(this.#find(params.id ?? "").id);
        return { status: 204 };
      }),
    ];
  }

  /** Adds a server to a group, or throws a refusal. */
  join(groupId: string, serverId: string): void {
    const group = this.store.get(groupId);
    if (!group) throw new Refusal("compute", 400, `Invalid input: server group ${groupId} could not be found.`);
    if (this.#limit >= 0 && group.members.length >= this.#limit)
      throw new Refusal("compute", 403, "Quota exceeded, too many servers in group");
    group.members.push(serverId);
  }

  leave(serverId: string): void {
    for (const group of this.store.all) group.members = group.members.filter((member) => member !== serverId);
  }

  /** Creates a group. Since 2.64 it has one policy; before, it had a list of them. */
  #make(request: ApiRequest): ServerGroup {
    const { name = "", policy, policies } = given<ServerGroup & { policies: string[] }>("compute", request, "server_group");
    const chosen = microversion(request) >= 64 ? policy : policies?.[0];
    if (!chosen) throw new Refusal("compute", 400, "Invalid input for field/attribute server_group: the policy is missing.");
    if (chosen.startsWith("soft-") && microversion(request) < 15)
      throw new Refusal(
        "compute",
        400,
        `Invalid input for field/attribute 0. Value: ${chosen} is not one of ['anti-affinity', 'affinity']`,
      );
    return this.store.add({ id: randomUUID(), name, policy: chosen, members: [] });
  }

  #shown({ policy, ...group }: ServerGroup, request: ApiRequest): object {
    const owner = microversion(request) >= 13 ? { project_id: this.#projectId, user_id: this.#userId } : {};
    return microversion(request) >= 64
      ? { ...group, ...owner, policy, rules: {} }
      : { ...group, ...owner, policies: [policy], metadata: {} };
  }

  #find(id: string): ServerGroup {
    const found = this.store.get(id);
    if (!found) throw new Refusal("compute", 404, `Instance group ${id} could not be found.`);
    return found;
  }
}
