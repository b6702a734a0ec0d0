// Concurrency limit of logins, for all fan-outs on this machine together.

import { createServer } from "node:net";
import { userInfo } from "node:os";

// Only logins are limited, because of their key exchanges: of a thousand at once, none would succeed. Open sessions cost nothing.
const LOGINS = logins(process.env.CARAVAN_SSH_LOGINS || "128");

/** @param {string} text */
function logins(text) {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  console.error(`CARAVAN_SSH_LOGINS is "${text}": set it to a whole number from 1 to 9999, or not at all`);
  return process.exit(1);
}

/**
 * Login that may begin. It counts until it is closed.
 * @typedef {{ close: () => void }} Login
 */

/** Waits until one more login may begin. A login holds the abstract socket of its number, which the kernel releases with the process. */
export async function freeLogin() {
  for (;;) {
    for (let probe = 0; probe < 4; probe++) {
      const login = await take(Math.floor(Math.random() * LOGINS));
      if (login) return login;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * @param {number} number
 * @returns {Promise<Login | undefined>}
 */
function take(number) {
  return new Promise((resolve) => {
    const socket = createServer().listen(`\0caravan-ssh-${userInfo().uid}-${number}`, () => resolve(socket));
    // Systems without abstract sockets have no limit.
    socket.once("error", (/** @type {NodeJS.ErrnoException} */ { code }) =>
      resolve(code === "EADDRINUSE" ? undefined : { close: () => {} }),
    );
  });
}
