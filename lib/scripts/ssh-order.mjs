// Order of a fan-out. The command that runs these modules has put it into a global (lib/ssh/fan-out.ts).

/** @typedef {import("../ssh/fan-out-order.ts").FanOutOrder} FanOutOrder */

/** @type {{ order: FanOutOrder, removing: boolean }} */
export const { order, removing } = Reflect.get(globalThis, "caravan");
