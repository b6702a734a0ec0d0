// Session on one machine, with one login.

import { spawn } from "node:child_process";
import { sshOptions } from "./ssh-config.mjs";

// Timeout of one login in seconds: sshd's own default (LoginGraceTime). When hundreds log in at once, key exchanges wait for this machine's
// cores, and with a shorter timeout none would ever succeed.
const LOGIN = 120;
// Seconds for a machine to report that its command took too long.
const GRACE = 30;

/**
 * @typedef {object} Session
 * @property {import("../ssh/fan-out-order.ts").OrderConnection} connection
 * @property {import("../ssh/fan-out-order.ts").OrderHost} host
 * @property {string} command
 * @property {string} input - standard input of the command
 * @property {number} deadline - seconds after which the machine ends the command
 * @property {string[]} options - more options of ssh
 * @property {import("./ssh-logins.mjs").Login} login
 */

/**
 * @typedef {object} SessionResult
 * @property {boolean} isIn - true when the login succeeded
 * @property {number | null} code - exit code of the command; null if it was ended because it took too long
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * Logs in and runs a command.
 * @param {Session} session
 * @returns {Promise<SessionResult>}
 */
export function runSession({ connection, host, command, input, deadline, options, login }) {
  return new Promise((resolve) => {
    const child = spawn(
      "ssh",
      [
        ...sshOptions(host.name, connection),
        ...["-o", `HostName=${host.sshHost ?? host.address}`, "-o", `HostKeyAlias=${host.name}`],
        ...options,
        // Prints an empty line on this machine as soon as the login has succeeded.
        ...["-o", "PermitLocalCommand=yes", "-o", "LocalCommand=echo"],
        ...[host.name, command],
      ],
      { stdio: "pipe", env: { ...process.env, SHELL: "/bin/sh" } },
    );
    let stdout = "";
    let stderr = "";
    let isIn = false;
    let late = false;
    const end = () => {
      late = true;
      child.kill("SIGKILL");
    };
    let timer = setTimeout(end, LOGIN * 1000);
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stdout.once("data", () => {
      login.close();
      // After a timed-out login the machine gets nothing to run: input is sent only after a login.
      if (late) return;
      isIn = true;
      child.stdin.end(input);
      clearTimeout(timer);
      // The machine itself ends a command that takes too long. This timer is for a machine that no longer answers.
      timer = setTimeout(end, (deadline + GRACE) * 1000);
      print(stderr);
    });
    child.stdin.on("error", () => {}); // the far side may end before it has read its input
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr = (stderr + text).slice(-4000);
      if (isIn) print(text);
    });
    child.on("error", (error) => {
      login.close();
      resolve({ isIn: false, code: 127, stdout, stderr: error.message });
    });
    child.on("close", (code) => {
      login.close();
      clearTimeout(timer);
      resolve({ isIn, code: late ? null : code, stdout, stderr });
    });
  });
}

/** @param {string} text */
function print(text) {
  for (const line of text.trimEnd().split("\n")) if (line) console.error(line);
}
