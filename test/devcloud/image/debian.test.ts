import { expect, it } from "vitest";
import { debianSources, transferOptions } from "../../../devcloud/image/debian.ts";

it("finds the machine's own Debian mirrors, once each, and no other repository", () => {
  const indexTargets = [
    "Debian http://mirror.test/debian/ bookworm main",
    "Debian http://mirror.test/debian/ bookworm main",
    "Debian http://mirror.test/debian/ bookworm-updates main",
    "Debian http://mirror.test/debian-security/ bookworm-security main",
    "Debian http://mirror.test/debian/ trixie main",
    ". nodistro https://packages.test/node main",
    "",
  ].join("\n");
  expect(debianSources(indexTargets)).toBe(
    [
      "deb http://mirror.test/debian/ bookworm main",
      "deb http://mirror.test/debian/ bookworm-updates main",
      "deb http://mirror.test/debian-security/ bookworm-security main",
      "",
    ].join("\n"),
  );
});

it("names the fix when apt has no Debian mirror", () => {
  expect(() => debianSources("")).toThrow(
    "apt has no package index of Debian bookworm: name a mirror of it in /etc/apt/sources.list and run `apt-get update`",
  );
});

it("passes on apt's settings for downloads, and no others", () => {
  const dump = [
    'APT::Install-Recommends "true";',
    'Acquire::http::Proxy "http://proxy.test:3128";',
    'Acquire::https::CAInfo "/etc/ssl/own.pem";',
    'Acquire::Check-Valid-Until "false";',
    'Acquire::Languages:: "none";',
    "",
  ].join("\n");
  expect(transferOptions(dump)).toBe(
    [
      'Acquire::http::Proxy "http://proxy.test:3128";',
      'Acquire::https::CAInfo "/etc/ssl/own.pem";',
      'Acquire::Check-Valid-Until "false";',
      "",
    ].join("\n"),
  );
});
