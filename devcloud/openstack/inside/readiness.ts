import { poll } from "../poll.ts";
import type { Session } from "./session.ts";

interface Heartbeat {
  /** Name of the reporting program. */
  binary: string;
  alive: boolean;
  /** Time of the last report, in UTC without a zone; null before the first. */
  reported: string | null;
}

const expected = [
  "nova-conductor",
  "nova-scheduler",
  "nova-compute",
  "neutron-linuxbridge-agent",
  "neutron-dhcp-agent",
  "neutron-l3-agent",
  "neutron-metadata-agent",
];

/** Waits until every service and agent has reported since `start`. Reports of an earlier run look alive for minutes. */
export async function waitUntilReady(session: Session, start: Date): Promise<void> {
  let silent: string[] = expected;
  try {
    await poll(
      "every service reports",
      120,
      async () => {
        const heartbeats = await readHeartbeats(session).catch(() => []);
        silent = silentServices(heartbeats, start);
        return silent.length === 0;
      },
      0.5,
    );
  } catch {
    throw new Error(`waited 120 s in vain for a report of ${silent.join(", ")}; their logs: npm run devcloud -- logs NAME`);
  }
}

/** Lists the expected programs that have not reported since `start`. */
export function silentServices(heartbeats: readonly Heartbeat[], start: Date): string[] {
  // Reports have no milliseconds.
  const since = start.toISOString().slice(0, 19);
  const fresh = heartbeats.filter(({ alive, reported }) => alive && (reported === null || reported.replace(" ", "T") >= since));
  return expected.filter((binary) => !fresh.some((heartbeat) => heartbeat.binary === binary));
}

async function readHeartbeats(session: Session): Promise<Heartbeat[]> {
  const [compute, network] = await Promise.all([
    session.request<{ services: { binary: string; state: string; updated_at: string | null }[] }>("compute", "GET", "/os-services"),
    session.request<{ agents: { binary: string; alive: boolean; heartbeat_timestamp: string }[] }>("network", "GET", "/agents"),
  ]);
  return [
    ...compute.services.map(({ binary, state, updated_at }) => ({ binary, alive: state === "up", reported: updated_at })),
    ...network.agents.map(({ binary, alive, heartbeat_timestamp }) => ({ binary, alive, reported: heartbeat_timestamp })),
  ];
}
