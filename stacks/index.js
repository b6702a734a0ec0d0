// JavaScript, because an older Node.js would say of TypeScript only that it does not know the file's extension.
import "../lib/node-version.js";

export default await import("./main.ts");
