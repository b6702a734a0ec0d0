/** Error: the API server refused a request. */
export class ApiError extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }

  static from(method: string, path: string, status: number, body: string): ApiError {
    return new ApiError(`${method} ${path}: ${status} ${messageIn(body)}`, status);
  }
}

/** Returns whether somebody else has changed or made the object meanwhile. */
export function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status === 409;
}

function messageIn(body: string): string {
  try {
    return String((JSON.parse(body) as { message?: string }).message ?? "");
  } catch {
    return body.replaceAll(/\s+/g, " ").trim().slice(0, 200);
  }
}
