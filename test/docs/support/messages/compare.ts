import type { Entry } from "./entries.ts";
import { type Message, partsOf, tells, VALUE } from "./message.ts";

/** Pages by what says a message. The first that fits is proposed for a new one. */
const PAGES: readonly [RegExp, string][] = [
  [/^lib\/scripts\/(upgrade|finish-upgrade|settled|etcd-(upgrade|versions|snapshot))|^(lib|operations)\/upgrade/, "upgrades"],
  [/^(lib|operations)\/heal|^operations\/(replace|engine)|^commands|^lib\/scripts\/(machine-report|ssh-ask)/, "health"],
  [/^lib\/scripts\/(etcd-backup|etcd-restore)/, "backups"],
  [/^lib\/scripts\/(control-plane|etcd|data-volume|static-pods|virtual|reconcile-(etcd|control))/, "control-planes"],
  [/^lib\/scripts\/clear-up|^operations\/(orphans|state|clear-up|prepare)/, "removal"],
  [/^lib\/scripts\/(admit|approve|kubelet|node|reconcile-pool|worker)/, "workers"],
  [/^(components|lib\/scripts)\/ssh/, "machines"],
  [/^lib\/scripts\/(certificate|maintenance)/, "certificates"],
  [/^lib\/scripts\//, "preparation"],
  [/^clients\/kubernetes|^components\/(kubernetes|cilium|flannel)/, "network-plugin"],
  [/^operations\/machines/, "machines"],
  [/^operations\/quota|^components\/openstack\/retries/, "creation"],
  [/^(clients\/openstack|operations|components\/openstack)/, "cloud"],
  [/^lib\/pki|fixed/, "changes"],
  [/./, "settings"],
];

/** Messages that no page explains, each with what to write where. `refused` are the errors that the tests of the rules table expect. */
export function unexplained(messages: readonly Message[], entries: readonly Entry[], refused: readonly string[]): string[] {
  const own = entries.filter(({ isOthers }) => !isOthers).map(({ message }) => message);
  const whole = new Set(messages.map(({ text }) => text));
  // An entry with the whole text of a message is about that one, so that one of a general form does not stand for all of them.
  const isTold = (text: string) => own.some((entry) => entry === text || (!whole.has(entry) && tells(entry, text)));
  return messages
    .filter(({ isOptional, text }) => !isOptional && !isTold(text) && !isRefusal(text, refused))
    .map(({ file, line, text }) => {
      const [, page] = PAGES.find(([place]) => place.test(file))!;
      const row = `| \`${text.trim().replaceAll("\n", " ").replaceAll("|", "\\|")}\` | its cause | its cure |`;
      const rule = /^lib\/(?!scripts)/.test(file) ? ", or a value that is refused with this text to docs/generate/rules/" : "";
      return `${file}:${line}: no page explains this message; add this row to docs/troubleshooting/${page}.md${rule}: ${row}`;
    });
}

/** Entries that no message has any more, or that have no cause or cure. */
export function outdated(messages: readonly Message[], entries: readonly Entry[]): string[] {
  return entries.flatMap(({ message, page, line, isOthers, isComplete }) => {
    const isSaid = isOthers || (partsOf(message).length > 0 && messages.some(({ text }) => tells(message, text)));
    return [
      ...(isSaid ? [] : [`${page}:${line}: nothing says "${message}"; remove the row, or write the words that the source has now`]),
      ...(isComplete ? [] : [`${page}:${line}: "${message}" has no cause or no cure`]),
    ];
  });
}

/** Returns whether one of the expected errors has the words of a message, with any values. */
function isRefusal(text: string, refused: readonly string[]): boolean {
  const words = text.split(VALUE).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(words.join("[\\s\\S]*"));
  return refused.some((line) => pattern.test(line));
}
