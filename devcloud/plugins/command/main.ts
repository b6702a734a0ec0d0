import { serve } from "../server/serve.ts";
import { commandProvider } from "./command-provider.ts";

await serve(commandProvider);
