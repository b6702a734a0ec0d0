/** Stack of the Automation API: what a rotation needs of it. */
export interface RotatableStack {
  /** Reads the state. */
  exportStack(): Promise<unknown>;
  /** Runs the program, with nobody to ask. */
  up(options?: { onOutput?: (text: string) => void }): Promise<unknown>;
  getAllConfig(): Promise<Readonly<Record<string, { value?: string }>>>;
  setAllConfig(values: Record<string, { value: string }>, path?: boolean): Promise<void>;
  removeConfig(key: string, path?: boolean): Promise<void>;
}
