import { execFileSync, spawnSync } from "node:child_process";
import fc from "fast-check";
import { expect, it } from "vitest";
import { packed } from "../../../lib/node/packed.ts";
import { scriptFromInput, shellAssignments, shellQuote } from "../../../lib/node/shell.ts";

/** Any text that a word of a shell can hold: all characters but NUL. */
const text = fc.string({ unit: "binary" }).filter((value) => !value.includes("\0"));
const texts = fc.array(fc.oneof(text, fc.string({ unit: fc.constantFrom("'", '"', "\\", "$", "`", "\n", " ", "a") })), { maxLength: 200 });

it("quotes a text as one word", () => {
  expect(shellQuote("it's $HOME")).toBe(`'it'\\''s $HOME'`);
});

it("quotes every text so that bash reads the same text", () => {
  fc.assert(
    fc.property(texts, (values) => {
      const script = `printf '%s\\0' begin ${values.map(shellQuote).join(" ")}`;
      expect(bash(script).split("\0").slice(1, -1)).toEqual(values);
    }),
    { numRuns: 20 },
  );
});

it("writes one assignment a line, which bash reads back", () => {
  expect(shellAssignments({ NODE_NAME: "web-1", LABELS: "" })).toBe("NODE_NAME='web-1'\nLABELS=''\n");
  fc.assert(
    fc.property(text, text, (one, other) => {
      expect(bash(`eval "$(cat)"; printf '%s\\0' "$ONE" "$OTHER"`, shellAssignments({ ONE: one, OTHER: other })).split("\0")).toEqual([
        one,
        other,
        "",
      ]);
    }),
    { numRuns: 20 },
  );
});

it("runs the script on standard input with bash whatever the login shell, by sudo unless the user is root", () => {
  expect(scriptFromInput("root", 60)).toBe(`timeout --kill-after=10 60 bash -c 'script=$(cat) || exit; eval "$script"'`);
  expect(scriptFromInput("debian", 60)).toBe(`sudo -n timeout --kill-after=10 60 bash -c 'script=$(cat) || exit; eval "$script"'`);
  const input = "cat >/dev/null\n[[ -n $BASH_VERSION ]] && printf '%s' \"it's done\"";
  expect(execFileSync("sh", ["-c", scriptFromInput("root", 60)], { encoding: "utf8", input })).toBe("it's done");
});

it("runs a packed script, and nothing of one that cannot be unpacked", () => {
  const run = (input: string) => spawnSync("sh", ["-c", scriptFromInput("root", 60, "packed")], { encoding: "utf8", input });
  const script = packed("cat >/dev/null; set -e; echo done; false; echo not reached");
  expect(run(script)).toMatchObject({ status: 1, stdout: "done\n" });
  for (const broken of ["", "not base64", script.slice(0, -8)]) expect(run(broken)).toMatchObject({ status: 1, stdout: "" });
});

it("tells a script of its first run", () => {
  const run = (which: "first" | "any") =>
    execFileSync("sh", ["-c", scriptFromInput("root", 60, "packed", which)], { encoding: "utf8", input: packed('echo "$FIRST_RUN"') });
  expect([run("first"), run("any")]).toEqual(["yes\n", "\n"]);
});

it("ends a script after its timeout, with all processes that it started", () => {
  const started = Date.now();
  const { status } = spawnSync("sh", ["-c", scriptFromInput("root", 1)], { input: "sleep 20 &\nwait" });
  expect(status).toBe(124);
  expect(Date.now() - started).toBeLessThan(10_000);
});

function bash(script: string, input = ""): string {
  return execFileSync("bash", ["-c", script], { encoding: "utf8", input });
}
