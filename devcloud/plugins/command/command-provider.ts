import { propertyDiffs } from "../server/property-diff.ts";
import type { PropertyMap } from "../server/property-values.ts";
import type { Provider, ResourceType } from "../server/provider.ts";
import { notServed } from "../server/provider-service.ts";
import { CommandResource } from "./command-resource.ts";
import { copyToRemoteResource } from "./copy-to-remote.ts";
import * as fields from "./fields.ts";
import { executeLocally } from "./local-execution.ts";
import { executeRemotely } from "./remote-execution.ts";

// Property that the official plugin's framework adds to the provider's state.
const FRAMEWORK = { "__pulumi-go-provider-version": "v1.5.0" };

const resourceTypes: Record<string, ResourceType> = {
  "command:local:Command": new CommandResource(fields.localCommand, executeLocally),
  "command:remote:Command": new CommandResource(fields.remoteCommand, executeRemotely),
  "command:remote:CopyToRemote": copyToRemoteResource,
};

/** Stand-in for version 1.2.1 of the command provider. */
export const commandProvider: Provider = {
  version: "1.2.1",
  checkConfig: (inputs) => ({ inputs: { ...inputs, ...FRAMEWORK }, failures: [] }),
  diffConfig: (olds, news) => ({ changes: propertyDiffs(configuration(olds), configuration(news), () => false) }),
  configure: () => {},
  resourceType: (type) => resourceTypes[type] ?? notServed(type),
};

function configuration({ version: _version, ...properties }: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !name.startsWith("__")));
}
