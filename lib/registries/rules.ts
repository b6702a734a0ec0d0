import { areCertificates } from "../pki/pem.ts";
import type { Problems } from "../problems.ts";
import { hasCredentials, hostOf, isUrl, withoutCredentials } from "../url.ts";
import { ANY_REGISTRY } from "./hosts-toml.ts";
import type { RegistryHostSettings, RegistrySettings } from "./settings.ts";

/** Registry and path of images, as kubeadm takes them: without scheme, tag and final slash (distribution/reference). */
const IMAGE_REPOSITORY = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*(:\d+)?(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;

/** Returns whether a text is a registry with the path of an image, without scheme and tag. */
export function isImageRepository(text: string): boolean {
  return IMAGE_REPOSITORY.test(text);
}

/** Host of a registry, with or without a port. */
const REGISTRY = /^[a-z0-9.-]+(:\d+)?$/i;

/** Checks the mirrors of registries, their CAs and credentials, and the repository of images. */
export function checkRegistries({ mirrors = {}, imageRepository, hosts = {} }: RegistrySettings, problems: Problems): void {
  if (imageRepository !== undefined && !isImageRepository(imageRepository))
    problems.add(
      "imageRepository",
      `"${imageRepository}" is not a registry with a path; write it without "https://" and final slash, like registry.example.com/kubernetes`,
    );
  for (const [registry, urls] of Object.entries(mirrors)) {
    const at = problems.at(`mirrors["${registry}"]`);
    if (registry !== ANY_REGISTRY) checkHostName(registry, at);
    urls.forEach((url, place) => {
      checkMirror(url, at.at(`[${place}]`));
    });
  }
  for (const [host, settings] of Object.entries(hosts)) {
    const at = problems.at(`hosts["${host}"]`);
    checkHostName(host, at);
    checkHostSettings(settings, at);
  }
}

function checkHostName(host: string, problems: Problems): void {
  if (!REGISTRY.test(host)) problems.add("", `"${withoutCredentials(host)}" is not a registry; write its host, like registry.k8s.io`);
}

function checkMirror(url: string, problems: Problems): void {
  const shown = withoutCredentials(url);
  if (!isUrl(url)) problems.add("", `"${shown}" is not a URL; write it like https://mirror.example.com`);
  else if (hasCredentials(url)) {
    problems.add("", `"${shown}" has credentials, which would be written in the clear; write them in hosts["${hostOf(shown)}"]`);
  }
}

function checkHostSettings({ ca, username, password }: RegistryHostSettings, problems: Problems): void {
  if (ca === undefined && username === undefined && password === undefined)
    problems.add("", "says nothing; give it a ca, or username and password, or leave it out");
  if (typeof ca === "string" && !areCertificates(ca))
    problems.add("ca", "is not the PEM of certificates; write them with their lines BEGIN CERTIFICATE and END CERTIFICATE");
  if ((username === undefined) !== (password === undefined)) {
    const [missing, given] = username === undefined ? ["username", "password"] : ["password", "username"];
    problems.add(missing!, `is missing beside ${given}; give both, or neither`);
  }
  if (typeof username === "string" && /[:\p{Cc}]/u.test(username))
    problems.add("username", "has a colon or a control character, which HTTP's Basic authentication does not allow; use another one");
  if (typeof password === "string" && /\p{Cc}/u.test(password))
    problems.add("password", "has a control character, like a line break; leave it out");
}
