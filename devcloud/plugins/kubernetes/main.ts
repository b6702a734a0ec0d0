import { enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";
import { cacheDir } from "../../support/paths.ts";

// The engine starts the plugin for every preview and update. The cache halves the start, for modules that are imported after it.
enableCompileCache(join(cacheDir, "compiled"));
const { serve } = await import("../server/serve.ts");
const { KubernetesProvider } = await import("./kubernetes-provider.ts");
await serve(new KubernetesProvider());
flushCompileCache(); // the engine does not let plugins exit by themselves
