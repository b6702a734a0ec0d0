import { z } from "zod";
import { input } from "./values.ts";

/** MachineArgs. */
export const machine = z.strictObject({ image: input, flavor: input, zone: input.optional() });
