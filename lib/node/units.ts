import type { NodeFile } from "./files.ts";

/** Unit of a program that a timer starts. */
export interface TimedUnit {
  /** Name after "caravan-". */
  name: string;
  description: string;
  /** Lines of the section Service. */
  service: string;
  /** Lines of the section Timer. */
  timer: string;
}

/** Makes the files of a service and of the timer that starts it. */
export function timedUnit({ name, description, service, timer }: TimedUnit): NodeFile[] {
  const unit = `[Unit]\nDescription=${description}\n`;
  const path = `/etc/systemd/system/caravan-${name}`;
  return [
    { path: `${path}.service`, mode: "0644", content: `${unit}\n[Service]\nType=oneshot\n${service}\n` },
    { path: `${path}.timer`, mode: "0644", content: `${unit}\n[Timer]\n${timer}\n\n[Install]\nWantedBy=timers.target\n` },
  ];
}
