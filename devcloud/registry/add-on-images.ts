import { join } from "node:path";
import type { ContainerImage } from "../image/oci-layout.ts";
import { provide } from "../toolchain/provide.ts";
import { type ToolName, tools } from "../toolchain/tools.ts";

/** Tool and image of each of the library's add-ons, by the add-on's name in a stack's configuration. The tool's program has its name. */
const ADD_ONS = {
  metricsServer: { tool: "metrics-server", image: "registry.k8s.io/metrics-server/metrics-server" },
} as const satisfies Record<string, { tool: ToolName; image: string }>;

export type AddOn = keyof typeof ADD_ONS;

/** Returns the tools that add-ons are built from. */
export function toolsOfAddOns(addOns: readonly AddOn[]): ToolName[] {
  return addOns.map((addOn) => ADD_ONS[addOn].tool);
}

/** Returns the images of add-ons. What they are made of is built first, which takes minutes for each that is missing. */
export async function addOnImages(addOns: readonly AddOn[]): Promise<ContainerImage[]> {
  const folders = await provide(toolsOfAddOns(addOns));
  return addOns.map((addOn) => addOnImage(addOn, folders[ADD_ONS[addOn].tool]));
}

/** Makes the image of an add-on from a folder with its program. */
export function addOnImage(addOn: AddOn, folder: string): ContainerImage {
  const { tool, image } = ADD_ONS[addOn];
  return { name: `${image}:v${tools[tool].version}`, files: { [`/${tool}`]: join(folder, tool) }, entrypoint: [`/${tool}`] };
}

/** Returns the add-ons that a stack's configuration turns on, of those that devcloud can build. */
export function wantedAddOns(config: Readonly<Record<string, unknown>>): AddOn[] {
  const given = (config["caravan:addOns"] ?? {}) as Readonly<Record<string, unknown>>;
  return (Object.keys(ADD_ONS) as AddOn[]).filter((addOn) => given[addOn] !== undefined && given[addOn] !== false);
}
