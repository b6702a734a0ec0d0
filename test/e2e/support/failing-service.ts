import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";

/**
 * Runs a command beside a failing service of OpenStack. Requests to this port reach the real one, but the first creation in each of these
 * collections is answered with an error of this status although it succeeded.
 * Usage: failing-service.ts PORT REAL_URL STATUS COLLECTION,COLLECTION -- COMMAND...
 */
const [port = "", realUrl = "", status = "", collections = "", , command = "", ...args] = process.argv.slice(2);
const toFail = new Set(collections.split(","));

/** Delay of the failures. After the first one, Pulumi starts nothing more, so all creations that are to fail must have started by then. */
const LATE_MILLISECONDS = 10_000;

const server = createServer(forward).listen(Number(port), "127.0.0.1", () => {
  spawn(command, args, { stdio: "inherit" }).on("exit", (code) => {
    server.close();
    process.exit(code ?? 1);
  });
});

function forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url = "", headers } = incoming;
  const real = request(realUrl + url, { method, headers: { ...headers, host: new URL(realUrl).host } }, (answer) => {
    const collection = /\/([^/?]+)$/.exec(url)?.[1] ?? "";
    const isMade = answer.statusCode === 201 || answer.statusCode === 202;
    if (method === "POST" && isMade && toFail.delete(collection)) {
      answer.resume();
      const text = `{"NeutronError": {"message": "the test lost the answer about ${collection}"}}`;
      setTimeout(() => outgoing.writeHead(Number(status)).end(text), LATE_MILLISECONDS);
    } else {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    }
  });
  incoming.pipe(real);
}
