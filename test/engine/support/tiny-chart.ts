import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const config = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  a: {{ .Values.a | quote }}
`;

/** Template of a pod, used when the value `pod` is set. A test's cluster has no scheduler, so a release with a pod never becomes ready. */
export const NEVER_READY = `{{ if .Values.pod }}
apiVersion: v1
kind: Pod
metadata: { name: {{ .Release.Name }} }
spec: { containers: [{ name: a, image: a }] }
{{ end }}`;

/** Writes a chart named tiny with one ConfigMap, like that in the recorded state of the official plugin. `more` are further templates. */
export async function writeTinyChart(dir: string, more: Record<string, string> = {}): Promise<void> {
  const chart = join(dir, "chart");
  await mkdir(join(chart, "templates"), { recursive: true });
  await writeFile(join(chart, "Chart.yaml"), "{ apiVersion: v2, name: tiny, version: 0.1.0 }\n");
  for (const [name, template] of Object.entries({ config, ...more })) await writeFile(join(chart, "templates", `${name}.yaml`), template);
}
