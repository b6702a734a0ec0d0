/**
 * PULUMI_BACKEND_URL for a state in a folder.
 * By default Pulumi keeps attributes beside each file and does not write them at once: a kill between leaves an empty file, and every later
 * command ends with "failed to load checkpoint: EOF" (gocloud.dev/blob/fileblob, attrs.go).
 */
export function stateFolderUrl(dir: string): string {
  return `file://${dir}?metadata=skip`;
}
