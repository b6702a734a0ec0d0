import { serve } from "../server/serve.ts";
import { KubernetesProvider } from "./kubernetes-provider.ts";

await serve(new KubernetesProvider());
