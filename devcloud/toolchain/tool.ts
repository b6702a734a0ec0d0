/** One `go build`: packages of a pinned module that become executables. */
export interface Build {
  /** Folder under modules/ whose go.mod and go.sum pin the versions. */
  module: string;
  /** Go package of each executable. */
  executables: Record<string, string>;
  tags?: readonly string[];
  /** Folders of the tool's source that cannot be built here and that main.go does not need. They require a copy of the source. */
  without?: readonly string[];
  /** Values of Go variables, set by the linker. */
  variables?: Record<string, string>;
}

export interface Tool {
  version: string;
  /** Path of the Go module with the tool's sources; missing for a program of our own. */
  source?: string;
  builds: readonly Build[];
}
