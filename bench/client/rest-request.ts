/** One REST call, sent again and again. */
export interface RestRequest {
  /** With a leading slash. */
  readonly path: string;
  readonly token?: string;
  /** JSON. Wherever it says {@link NUMBER}, each sending puts its own number. */
  readonly body: string;
}

/** Stands in a body for a number of as many digits. */
export const NUMBER = '##########';

/** The first number; all have the digits of NUMBER. */
export const FIRST_NUMBER = 1_000_000_000;

/** A request as bytes, of which only the number changes. */
export class EncodedRequest {
  readonly bytes: Buffer;
  private readonly places: readonly number[];

  constructor({ path, token, body }: RestRequest) {
    const head = [
      `POST ${path} HTTP/1.1`,
      'Host: 127.0.0.1',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      // The header of v3; v1 and v2 carry it in the body, and tell by its place who speaks.
      ...(body.includes('"operationID"') ? [] : ['operationID: bench']),
      ...(token ? [`token: ${token}`] : []),
    ];
    this.bytes = Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
    const places: number[] = [];
    for (let at = this.bytes.indexOf(NUMBER); at >= 0; at = this.bytes.indexOf(NUMBER, at + NUMBER.length)) {
      places.push(at);
    }
    this.places = places;
  }

  /** Whether it says a number at all. */
  get numbered(): boolean {
    return this.places.length > 0;
  }

  /** Puts a number wherever one belongs. */
  setNumber(number: number): void {
    const digits = String(number);
    for (const at of this.places) this.bytes.write(digits, at, 'latin1');
  }
}
