/**
 * PULUMI_BACKEND_URL for a state in a folder. By default, Pulumi keeps attributes beside each file and does not write both at once. A kill
 * in between leaves an empty file, and every later command ends with "failed to load checkpoint: EOF" (gocloud.dev/blob/fileblob,
 * attrs.go).
 */
export function stateFolderUrl(dir: string): string {
  return `file://${dir}?metadata=skip`;
}
