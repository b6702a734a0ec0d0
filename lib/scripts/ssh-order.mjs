// The order of a fan-out, which the command that runs these modules has put where they find it (lib/ssh/fan-out.ts).

/** @typedef {import("../ssh/fan-out-order.ts").FanOutOrder} FanOutOrder */

/** @type {{ order: FanOutOrder, removing: boolean }} */
export const { order, removing } = Reflect.get(globalThis, "caravan");
