// JavaScript, because an older Node.js refuses TypeScript with an error about the file extension only.
import "../lib/node-version.js";

export default await import("./main.ts");
