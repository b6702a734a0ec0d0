import { parse } from "yaml";
import { checkCluster } from "../../../lib/cluster/rules.ts";
import { CLUSTER_PROPERTIES } from "../../../lib/cluster/settings.ts";
import { problemsOf } from "../../support/problems.ts";
import { blocksOf, type Page } from "./page.ts";

const OWN = "caravan:";

/** The required settings, for blocks that show others. */
const machine = { image: "debian-12", flavor: "m1.large" };
const REQUIRED = {
  network: { externalNetwork: "public", cidr: "10.40.0.0/16" },
  apiEndpoint: { type: "floatingIp", allowedCidrs: ["198.51.100.0/24"] },
  controlPlane: { machine },
};

/** Problems that the library finds in the settings of a page's YAML blocks. A fragment is checked within what surrounds it. */
export function settingProblems(page: Page): string[] {
  return blocksOf(page)
    .filter(({ language }) => language === "yaml")
    .flatMap(({ text, around, line }) => problemsIn(text, around).map((problem) => `${page.path}:${line}: ${problem}`));
}

function problemsIn(text: string, around: string): string[] {
  try {
    const shown = settingsIn(text);
    if (Object.keys(shown).length === 0) return [];
    const { name = "demo", ...args } = { ...REQUIRED, ...settingsIn(around), ...shown };
    const known: readonly string[] = CLUSTER_PROPERTIES;
    const unknown = Object.keys(args).filter((property) => !known.includes(property));
    return [
      ...unknown.map((property) => `${OWN}${property} is no setting`),
      ...problemsOf((problems) => checkCluster(String(name), args, problems)),
    ];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function settingsIn(text: string): Record<string, unknown> {
  const parsed: Record<string, unknown> = parse(text) ?? {};
  const settings = (parsed.config ?? parsed) as Record<string, unknown>;
  const own = Object.entries(settings).filter(([key]) => key.startsWith(OWN));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(OWN.length), value]));
}
