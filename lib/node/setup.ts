import type { Problems } from "../problems.ts";
import type { CommandsInput } from "./script-inputs.ts";
import type { FileSettings, SetupSettings } from "./settings.ts";

/** Folders whose files the library, kubeadm or the kubelet write. */
const TAKEN = [
  "/etc/kubernetes/caravan/",
  "/etc/kubernetes/pki/",
  "/etc/kubernetes/manifests/",
  "/var/lib/caravan/",
  "/var/lib/kubelet/",
  "/run/caravan/",
];

/** File with its text. */
export type SetupFile = Omit<FileSettings, "content"> & { content: string };

/** Encodes the user's files for the scripts: one line a file, with mode, owner, path and base64 content. */
export function encodeSetupFiles(files: readonly SetupFile[]): string {
  return files
    .map(({ path, permissions = "0600", owner = "root:root", content }) => `${permissions} ${owner} ${path} ${base64(content)}\n`)
    .join("");
}

/** Encodes the user's commands for the scripts, one a line. */
export function commandsInput(before: readonly string[] = [], after: readonly string[] = []): CommandsInput {
  return { PRE_COMMANDS: before.map(base64).join("\n"), POST_COMMANDS: after.map(base64).join("\n") };
}

/** Checks the user's files. Their contents and the commands are in no error, because they may be secrets. */
export function checkSetup({ files = [] }: Pick<SetupSettings, "files">, problems: Problems): void {
  files.forEach(({ path, permissions = "0600", owner = "root:root" }, place) => {
    const at = problems.at(`files[${place}]`);
    if (!/^\/[^\s\p{Cc}]*[^\s\p{Cc}/]$/u.test(path) || path.split("/").includes(".."))
      at.add("path", `"${path}" is no absolute path of a file; write it without spaces, like /etc/webhooks/audit.yaml`);
    else if (TAKEN.some((folder) => path.startsWith(folder)))
      at.add("path", `"${path}" is where the library or Kubernetes writes; choose another folder, like /etc/webhooks`);
    else if (files.findIndex((other) => other.path === path) < place) at.add("path", `"${path}" is named twice; name each file once`);
    if (!/^0?[0-7]{3}$/.test(permissions)) at.add("permissions", `"${permissions}" are no permissions; write them in octal, like "0644"`);
    if (!/^[a-z_][\w.-]*(:[a-z_][\w.-]*)?$/i.test(owner)) at.add("owner", `"${owner}" is no owner; write a user, or like root:root`);
  });
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
