/** An answer that is an error, before it has the shape of a protocol. */
export class AwsRefusal extends Error {
  override readonly name = 'AwsRefusal';
  readonly code: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  constructor(code: string, status: number, headers: Readonly<Record<string, string>> = {}) {
    super(code);
    this.code = code;
    this.status = status;
    this.headers = headers;
  }
}

/** Real messages name principals and resources. This stands in every message, so that a test can see whether somebody repeats one. */
export const MESSAGE_CANARY = 'CANARY-aws-error-message is not authorized to perform';
