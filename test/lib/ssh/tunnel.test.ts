import { expect, it } from "vitest";
import { relayCommand, tunnelKnownHosts, tunnelPort, tunnelSettings } from "../../../lib/ssh/tunnel.ts";

const ssh = { user: "debian", port: 2222, privateKey: "key", bastion: { host: "192.0.2.1", hostKey: "ssh-ed25519 AAAA" } };
const machines = [{ name: "demo-control-plane-0", address: "10.40.0.10", hostKey: "ssh-ed25519 BBBB" }];

it("chooses the same port for a cluster in every run, below those of outgoing connections", () => {
  const ports = ["1", "2", "3"].map(tunnelPort);
  expect(ports).toEqual(["1", "2", "3"].map(tunnelPort));
  expect(new Set(ports).size).toBe(3);
  for (const port of ports) expect(port >= 10_240 && port < 30_240).toBe(true);
});

it("connects by a command, and by no forwarding", () => {
  expect(relayCommand("10.40.0.5", 8443)).toBe(
    `bash -c 'timeout 10 bash -c "</dev/tcp/10.40.0.5/8443" && { exec 3<>/dev/tcp/10.40.0.5/8443; echo; cat <&3 & cat <&0 >&3 & wait -n; kill $(jobs -p); } 2>/dev/null'`,
  );
});

it("jumps through the bastion with pinned host keys, and has no key in its settings", () => {
  const settings = tunnelSettings(ssh, machines, { key: "/k", bastionKey: "/b", knownHosts: "/known" });
  expect(settings.split("\n").slice(0, 14)).toEqual([
    "Host caravan-bastion",
    "HostName 192.0.2.1",
    "HostKeyAlias caravan-bastion",
    "User debian",
    "Port 22",
    "IdentityFile /b",
    "ProxyJump none",
    "Host demo-control-plane-0",
    "HostName 10.40.0.10",
    "HostKeyAlias demo-control-plane-0",
    "Host *",
    "User debian",
    "Port 2222",
    "IdentityFile /k",
  ]);
  expect(settings).toContain("StrictHostKeyChecking yes\n");
  expect(tunnelKnownHosts(ssh, machines)).toBe("caravan-bastion ssh-ed25519 AAAA\ndemo-control-plane-0 ssh-ed25519 BBBB\n");
});
