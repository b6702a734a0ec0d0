import type { Api, Session } from "./session.ts";

/** Object with an id and a name. */
export interface Named {
  id: string;
  name: string;
}

/** Finds an object by its name or creates it. `kind` is its key in requests and answers, such as "flavor". */
export async function ensureNamed(
  session: Session,
  api: Api,
  path: string,
  kind: string,
  thing: { name: string } & Record<string, unknown>,
): Promise<Named> {
  const known = await findNamed(session, api, path, thing.name);
  if (known !== undefined) return known;
  const answer = await session.request<Record<string, Named>>(api, "POST", path, { [kind]: thing });
  return answer[kind]!;
}

/** Finds an object by its name. */
export async function findNamed(session: Session, api: Api, path: string, name: string): Promise<Named | undefined> {
  const collection = path.split("/").at(-1)!.replace(/^os-/, "").replaceAll("-", "_");
  const answer = await session.request<Record<string, Named[]>>(api, "GET", path);
  return answer[collection]?.find((thing) => thing.name === name);
}
