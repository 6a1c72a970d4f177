/** An answer that is an error, in the shape of the Table API. */
export class Refusal extends Error {
  readonly status: number;
  readonly detail: string | null;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, message: string, detail: string | null = null, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.detail = detail;
    this.headers = headers;
  }
}
