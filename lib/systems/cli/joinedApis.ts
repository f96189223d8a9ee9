/** As much of a description of an API as joining needs. */
interface Api {
  readonly info: object;
  readonly paths: object;
  readonly components: { readonly schemas: object };
}

/** One description of several APIs that are served together. Of what several of them have, the first one's counts. */
export function joinedApis(apis: readonly Api[]): object {
  const [first] = apis;
  const all = apis.toReversed();
  return {
    ...first,
    info: {
      ...first?.info,
      title: 'rxfan',
      description: 'Everything that this server does, on one port.',
    },
    paths: Object.assign({}, ...all.map(({ paths }) => paths)) as object,
    components: { schemas: Object.assign({}, ...all.map(({ components }) => components.schemas)) as object },
  };
}
