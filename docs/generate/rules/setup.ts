import type { SetupSettings } from "../../../lib/node/settings.ts";
import type { PropertyRules } from "./rule.ts";

/** Rules of the files and commands of machines. */
export const SETUP_RULES = {
  files: {
    rule: "each path once; none where the library or Kubernetes writes",
    refused: [
      [
        [
          { path: "/etc/a", content: "a" },
          { path: "/etc/a", content: "b" },
        ],
        ['[1].path: "/etc/a" is named twice; name each file once'],
      ],
    ],
  },
  preKubeadmCommands: { refused: [["reboot", [': "reboot" is not allowed: expected array, received string']]] },
  postKubeadmCommands: { refused: [[[""], ['[0]: "" is not allowed: must be a text that is not empty']]] },
} satisfies PropertyRules<SetupSettings>;
