// Says whether the program knows that a machine does not run: absenceOf, for ssh-fan-out.mjs, whose text follows in the same module.

import { connect } from "node:net";
// The other parts of the module import the same function by its name.
import * as system from "node:os";

/** Why nobody answers on a machine, as far as the program has found that out (components/found-machines.ts); nothing when it has not. */
globalThis.caravan.absenceOf = (id) =>
  new Promise((resolve) => {
    let text = "";
    const socket = connect(`\0caravan-absence-${system.userInfo().uid}-${id}`);
    socket.setEncoding("utf8").on("data", (part) => (text += part));
    socket.on("error", () => resolve("")).on("end", () => resolve(text));
    socket.setTimeout(2000, () => socket.destroy()).on("close", () => resolve(text));
  });
