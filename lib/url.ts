/** Returns whether a text is the URL of a web server. */
export function isUrl(text: string): boolean {
  return /^https?:\/\/[^\s"'/?#\\]+(\/[^\s"'?#\\]*)?$/.test(text);
}

/** User name and password in a URL. */
const CREDENTIALS = /(?<=^[a-z]+:\/\/)[^/]*@/i;

/** Returns whether a URL has a user name or a password. */
export function hasCredentials(url: string): boolean {
  return CREDENTIALS.test(url);
}

/** Returns a URL without its user name and password, for an error's text. */
export function withoutCredentials(url: string): string {
  return url.replace(/^([a-z][a-z\d+.-]*:\/\/)?.*@/i, "$1***@");
}

/** Returns the host of a URL as it is written, with its port but without user name and password. */
export function hostOf(url: string): string {
  return /^[a-z]+:\/\/(?:[^/]*@)?([^/]*)/i.exec(url)?.[1] ?? "";
}

/** Returns the path of a URL. */
export function pathOf(url: string): string {
  return url.replace(/^[a-z]+:\/\/[^/]*/i, "");
}
