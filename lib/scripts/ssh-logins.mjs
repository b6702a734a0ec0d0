// Bounds the logins of all fan-outs on this machine together: freeLogin, for ssh-fan-out.mjs, whose text follows in the same module.

import { createServer } from "node:net";
import { userInfo } from "node:os";

// Each costs key exchanges, and a thousand at once end in none; a session that lasts costs nothing.
const LOGINS = logins(process.env.CARAVAN_SSH_LOGINS || "128");

function logins(text) {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  console.error(`CARAVAN_SSH_LOGINS is "${text}": set it to a whole number from 1 to 9999, or not at all`);
  return process.exit(1);
}

/** Waits until one more login may begin. Whoever has an abstract socket has the login of its number; the kernel takes it back in the end. */
globalThis.caravan.freeLogin = async () => {
  for (;;) {
    for (let probe = 0; probe < 4; probe++) {
      const login = await take(Math.floor(Math.random() * LOGINS));
      if (login) return login;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

function take(number) {
  return new Promise((resolve) => {
    const socket = createServer().listen(`\0caravan-ssh-${userInfo().uid}-${number}`, () => resolve(socket));
    // Where there are no abstract sockets, nothing is counted.
    socket.once("error", ({ code }) => resolve(code === "EADDRINUSE" ? undefined : { close: () => {} }));
  });
}
