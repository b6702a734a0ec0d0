import { enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";
import { cacheDir } from "../../support/paths.ts";

// The engine starts the plugin anew for every preview and update; this halves the start, for what is imported after it.
enableCompileCache(join(cacheDir, "compiled"));
const { serve } = await import("../server/serve.ts");
const { commandProvider } = await import("./command-provider.ts");
await serve(commandProvider);
flushCompileCache(); // the engine does not let plugins exit by themselves
