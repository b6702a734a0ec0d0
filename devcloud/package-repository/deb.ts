import { chmod, cp, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { run } from "../support/run.ts";

/** Debian package of files. */
export interface Deb {
  name: string;
  version: string;
  /** @default none */
  depends?: readonly string[];
  /** Paths in the package, and the files or folders that become them. */
  files: Readonly<Record<string, string>>;
  /** Paths that are executable. @default none */
  executables?: readonly string[];
}

/** Packs a package into a folder, and returns its file. */
export async function packDeb({ name, version, depends = [], files, executables = [] }: Deb, folder: string): Promise<string> {
  const tree = join(folder, `${name}.tree`);
  for (const [path, source] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await cp(source, join(tree, path), { recursive: true, dereference: true });
  }
  for (const path of executables) await chmod(join(tree, path), 0o755);
  const control = [
    `Package: ${name}`,
    `Version: ${version}`,
    "Architecture: amd64",
    "Maintainer: devcloud <devcloud@localhost>",
    ...(depends.length === 0 ? [] : [`Depends: ${depends.join(", ")}`]),
    `Description: ${name} of devcloud's toolchain`,
    "",
  ];
  await mkdir(join(tree, "DEBIAN"), { recursive: true });
  await writeFile(join(tree, "DEBIAN/control"), control.join("\n"));
  const file = join(folder, `${name}_${version}_amd64.deb`);
  // The fastest compression: the packages are large, and are read on this machine only.
  await run("dpkg-deb", ["--root-owner-group", "-Zgzip", "-z1", "--build", tree, file], { deadline: 300 });
  await rm(tree, { recursive: true });
  return file;
}
