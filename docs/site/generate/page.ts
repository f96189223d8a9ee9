/** A page of the site, as VitePress reads it. */
export interface Page {
  /** Where it is, without `.md`: `recipes/gatewayTools`. */
  readonly path: string;
  readonly title: string;
  readonly text: string;
}
