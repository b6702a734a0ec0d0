import { expect, it } from "vitest";
import { certificateRenewal } from "../../../lib/control-plane/units.ts";
import { readScript } from "../../../lib/node/scripts.ts";

const contentOf = (path: string, validity?: string) => certificateRenewal(validity).find((file) => file.path.endsWith(path))!.content;
const timer = (validity?: string) => contentOf("caravan-certificates.timer", validity).split("\n").slice(4, -4);

it("renews certificates by a daily timer, at least four times in the last third of a short validity", () => {
  expect(timer()).toEqual(["OnBootSec=900", "OnUnitInactiveSec=86400", "RandomizedDelaySec=3600", "AccuracySec=60"]);
  expect(timer("288h")).toEqual(timer());
  expect(timer("24h")).toEqual(["OnBootSec=900", "OnUnitInactiveSec=7200", "RandomizedDelaySec=300", "AccuracySec=60"]);
  expect(timer("10m")).toEqual(["OnBootSec=50", "OnUnitInactiveSec=50", "RandomizedDelaySec=2", "AccuracySec=2"]);
});

it("gives the unit the facts of its machine, and no secret", () => {
  expect(contentOf("caravan-certificates.service")).toBe(
    "[Unit]\nDescription=Renew certificates of the control plane\n\n[Service]\nType=oneshot\n" +
      "Environment=NODE_NAME=@NODE_NAME@ NODE_ADDRESS=@NODE_ADDRESS@\nExecStart=/usr/local/sbin/caravan-renew-certificates\nTimeoutStartSec=3600\n",
  );
});

it("installs the renewal as a program, and the lease beside it", () => {
  const script = contentOf("caravan-renew-certificates");
  expect([script.split("\n")[0], script.split("\n").at(-2)]).toEqual(["#!/bin/bash", "renew_certificates"]);
  expect(contentOf("caravan-maintenance-lease")).toBe(readScript("maintenance-lease.py"));
});
