import { expect, it } from "vitest";
import { functionsOf, variablesOf } from "./shell-scan.ts";

const script = `readonly FOLDER=/var/lib
one_line() { echo "$ONE_LINE"; }

lines() {
  local text=$1
  echo '$QUOTED' "$text \${BRACES:-$DEFAULT} it's '$WITHIN' $(echo "$NESTED" '$NO')" \\$ESCAPED
  ((COUNT > SECONDS)) || LASTING=1
  ONCE=\${GIVEN} one_line
  LASTING+=\${#LIST[@]} LIST[$text]=2
}

never_called() { echo "$UNREACHED"; }

lines "$FOLDER"`;

it("finds the functions of a script", () => {
  expect(functionsOf(script)).toEqual(["one_line", "lines", "never_called"]);
});

it("finds the variables that the reachable code of a script reads, and those that it does not set", () => {
  const unset = ["BRACES", "COUNT", "DEFAULT", "GIVEN", "NESTED", "ONE_LINE", "WITHIN"];
  expect(variablesOf(script)).toEqual({ read: [...unset, "FOLDER", "LIST"].sort(), unset });
});
