import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";

const wrapper = new URL("../../../devcloud/openstack/wrappers/libvirt_lxc", import.meta.url);

/** What libvirtd does before it starts the helper: opens a terminal as descriptor 25 and writes the domain's definition. */
const LIBVIRTD = `
import os, pty, subprocess, sys, tty
folder = sys.argv[1]
ours, theirs = pty.openpty()
tty.setraw(theirs)
path = os.ttyname(theirs)
os.close(theirs)
with open(folder + "/domain.xml", "w") as file:
    file.write(f"""<domain><os></os><devices><console type='pty' tty='{path}'>
  <source path='{path}'/>
  <log file='{folder}/console.log' append='off'/>
</console></devices></domain>""")
os.dup2(ours, 25)
os.close(ours)
helper = subprocess.Popen([folder + "/libvirt_lxc", "--name", "domain", "--console", "25"], pass_fds=[25])
os.close(25)
sys.exit(helper.wait())
`;

it("lets a domain make devices, keeps what it writes to its console, and leaves nobody behind", () => {
  const folder = mkdtempSync(join(tmpdir(), "libvirt-lxc-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const helper = "#!/bin/bash\nsleep 0.5\nprintf 'first\\nsecond\\n' >&25\nsleep 0.5\n";
  const script = readFileSync(wrapper, "utf8").replaceAll("/run/caravan-devcloud/libvirt_lxc", `${folder}/real`);
  for (const [name, text] of Object.entries({ real: helper, libvirt_lxc: script.replaceAll("/run/libvirt/lxc/", `${folder}/`) })) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  // Returns when nobody has the terminal, or this process's output, open any more.
  execFileSync("python3", ["-c", LIBVIRTD, folder], { timeout: 20_000 });
  expect(readFileSync(join(folder, "console.log"), "utf8")).toBe("first\nsecond\n");
  expect(readFileSync(join(folder, "domain.xml"), "utf8")).toContain(
    '</os><features><capabilities policy="default"><mknod state="on"/></capabilities></features>',
  );
});
