/** What {@link TextResponse} needs besides its text. */
export interface TextResponseInit {
  /** One that may have a body. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * An answer whose whole body is a text: a Response like any other, which `serve` writes in one piece, without the stream and
 * the Headers that are otherwise made of it. They are made when somebody asks for them.
 */
export class TextResponse extends Response {
  readonly whole: string;
  #plain: Readonly<Record<string, string>>;
  #hasHeaders = false;
  #streamed: Response | undefined;

  constructor(whole: string, { status, headers }: TextResponseInit) {
    super(null, { status });
    this.whole = whole;
    this.#plain = headers;
  }

  /** Adds headers, but none in place of one that is there. */
  addHeaders(headers: Readonly<Record<string, string>>): void {
    if (!this.#hasHeaders) this.#plain = { ...headers, ...this.#plain };
    else
      for (const [name, value] of Object.entries(headers)) if (!this.headers.has(name)) this.headers.set(name, value);
  }

  /** All headers, by their names in lower case. */
  headersByName(): Readonly<Record<string, string>> {
    return this.#hasHeaders ? Object.fromEntries(super.headers) : this.#plain;
  }

  override get headers(): Headers {
    const headers = super.headers;
    if (!this.#hasHeaders) for (const [name, value] of Object.entries(this.#plain)) headers.set(name, value);
    this.#hasHeaders = true;
    return headers;
  }

  override get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return this.#asStream().body;
  }

  override get bodyUsed(): boolean {
    return this.#streamed?.bodyUsed ?? false;
  }

  override text(): Promise<string> {
    return this.#asStream().text();
  }

  override json(): Promise<unknown> {
    return this.#asStream().json();
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return this.#asStream().arrayBuffer();
  }

  override bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#asStream().bytes();
  }

  override blob(): Promise<Blob> {
    return this.#asStream().blob();
  }

  override formData(): Promise<FormData> {
    return this.#asStream().formData();
  }

  override clone(): Response {
    return new TextResponse(this.whole, { status: this.status, headers: this.headersByName() });
  }

  #asStream(): Response {
    this.#streamed ??= new Response(this.whole, { headers: this.headers });
    return this.#streamed;
  }
}
