import { expect, test } from "vitest";
import { withoutImports } from "../../../devcloud/toolchain/source.ts";

const main = `import (
	"example.org/hammer/pkg/nail"

	// Tools that register themselves.
	_ "example.org/hammer/pkg/tools/drill"
	_ "example.org/hammer/pkg/tools/drill2"
	_ "example.org/hammer/pkg/tools/saw"
)
`;

test("only blank imports of omitted packages are removed", () => {
  expect(withoutImports(main, ["pkg/tools/drill", "pkg/tools/saw"])).toBe(`import (
	"example.org/hammer/pkg/nail"

	// Tools that register themselves.
	_ "example.org/hammer/pkg/tools/drill2"
)
`);
});

test("an import whose names are used stays, so that the build names what is missing", () => {
  expect(withoutImports(main, ["pkg/nail"])).toBe(main);
});
